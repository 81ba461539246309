import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StackView } from '../api.ts';

/** The stack that the page is about, and the catalog that the user chose. */
export interface Stack extends StackView {
  readonly catalog: string;
}

export const StackContext = createContext<Stack | undefined>(undefined);

export function useStack(): Stack {
  const stack = useContext(StackContext);
  if (!stack) throw new Error('StackContext has no value');
  return stack;
}

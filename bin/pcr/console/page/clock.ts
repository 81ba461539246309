import { useEffect, useState } from 'preact/hooks';

/** The time in milliseconds since 1970, renewed once a second. */
const listeners = new Set<(nowMs: number) => void>();

setInterval(() => {
  for (const listener of listeners) listener(Date.now());
}, 1_000);

/** Renders a text that depends on the time again when it changes. */
export function useTimedText(textAt: (nowMs: number) => string, inputs: readonly unknown[]): string {
  const [, setText] = useState('');
  useEffect(() => {
    const update = (nowMs: number): void => setText(textAt(nowMs));
    listeners.add(update);
    return () => void listeners.delete(update);
  }, inputs);
  return textAt(Date.now());
}

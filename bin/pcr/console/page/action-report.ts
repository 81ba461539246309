import { useEffect, useState } from 'preact/hooks';
import type { ActionRequest, ActionResult, ApiProblem } from '../api.ts';
import { postAction } from './api-client.ts';
import { refreshAll } from './polled.ts';

/** What the page says about the last action. */
export type ActionReport =
  | { readonly state: 'working'; readonly title: string }
  | { readonly state: 'done'; readonly title: string; readonly result: ActionResult }
  | { readonly state: 'failed'; readonly title: string; readonly problem: ApiProblem };

let report: ActionReport | undefined;
const listeners = new Set<(next: ActionReport | undefined) => void>();

function setReport(next: ActionReport | undefined): void {
  report = next;
  for (const listener of listeners) listener(next);
}

export function dismissReport(): void {
  setReport(undefined);
}

export function useActionReport(): ActionReport | undefined {
  const [current, setCurrent] = useState(report);
  useEffect(() => {
    listeners.add(setCurrent);
    return () => void listeners.delete(setCurrent);
  }, []);
  return current;
}

/**
 * Has the server do something, and reports the outcome at the bottom of the page.
 * @param title what is done, for example `Send a sample to ep_crm`
 */
export async function performAction(request: ActionRequest, title: string): Promise<void> {
  setReport({ state: 'working', title });
  const answer = await postAction(request);
  if (answer.kind === 'ok') setReport({ state: 'done', title, result: answer.data });
  else setReport({ state: 'failed', title, problem: problemOf(answer) });
  refreshAll();
}

function problemOf(answer: Awaited<ReturnType<typeof postAction>>): ApiProblem {
  if (answer.kind === 'problem') return answer.problem;
  return { message: 'The server does not answer. It may have done it: look before you repeat it.' };
}

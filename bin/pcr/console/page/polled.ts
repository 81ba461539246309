import { useEffect, useState } from 'preact/hooks';
import type { ApiProblem } from '../api.ts';
import { type Answer, readApi } from './api-client.ts';

/** The newest answer to a request that is repeated. */
export interface Polled<T> {
  readonly data?: T | undefined;
  readonly problem?: ApiProblem | undefined;
}

interface Held<T> extends Polled<T> {
  readonly path: string | undefined;
  readonly text?: string | undefined;
}

const actions = new EventTarget();

/** Asks the server at once for everything that is displayed, for example after an action. */
export function refreshAll(): void {
  actions.dispatchEvent(new Event('refresh'));
}

/**
 * Asks the server again and again while the tab is visible. An equal answer renders nothing. While
 * the answer for another query is on its way, the last answer of the same resource stays.
 * @param path undefined to ask nothing
 */
export function usePolled<T>(path: string | undefined, everyMs: number): Polled<T> {
  const [held, setHeld] = useState<Held<T>>({ path });
  useEffect(() => {
    if (path === undefined) return undefined;
    return startPolling<T>(path, everyMs, (answer) => setHeld((before) => holdAnswer(before, path, answer)));
  }, [path, everyMs]);
  return resourceOf(held.path) === resourceOf(path) ? held : {};
}

function resourceOf(path: string | undefined): string | undefined {
  return path?.split('?')[0];
}

function holdAnswer<T>(before: Held<T>, path: string, answer: Answer<T>): Held<T> {
  // What was read before stays below the problem.
  if (answer.kind === 'problem')
    return { path, problem: answer.problem, ...(before.path === path && { data: before.data }) };
  if (answer.kind !== 'ok') return before;
  if (before.path === path && before.text === answer.text) return before;
  return { path, data: answer.data, text: answer.text };
}

function startPolling<T>(path: string, everyMs: number, onAnswer: (answer: Answer<T>) => void): () => void {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  // An answer that was on its way when the user did something may be older than the effect.
  let isOutdated = false;
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    if (document.hidden || isAsking) return;
    isAsking = true;
    const answer = await readApi<T>(path, ended.signal);
    isAsking = false;
    if (ended.signal.aborted) return;
    onAnswer(answer);
    timer = setTimeout(() => void ask(), isOutdated ? 0 : everyMs);
    isOutdated = false;
  };
  const { signal } = ended;
  document.addEventListener('visibilitychange', () => void ask(), { signal });
  const refresh = (): void => {
    isOutdated = isAsking;
    void ask();
  };
  actions.addEventListener('refresh', refresh, { signal });
  void ask();
  return () => {
    clearTimeout(timer);
    ended.abort();
  };
}

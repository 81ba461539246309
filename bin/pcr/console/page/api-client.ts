import type { ActionRequest, ActionResult, ApiProblem } from '../api.ts';
import { reportConnection } from './connection.ts';
import { takeToken } from './token.ts';

/** The answer to a request, with its text, by which a caller sees whether anything changed. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly data: T; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: ApiProblem }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'aborted' };

/**
 * Asks the server. It was built with this page and compiles against the same types, so an answer is
 * not validated again.
 */
export async function readApi<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  return await send<T>(path, { signal: signal ?? null });
}

export async function postAction(request: ActionRequest): Promise<Answer<ActionResult>> {
  return await send<ActionResult>('/api/actions', { method: 'POST', body: JSON.stringify(request) });
}

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const headers = { authorization: `Bearer ${takeToken() ?? ''}`, 'content-type': 'application/json' };
  try {
    const response = await fetch(path, { ...init, headers, cache: 'no-store' });
    const text = await response.text();
    reportConnection(response.status === 401 ? 'refused' : 'ok');
    if (!response.ok) return { kind: 'problem', problem: readProblem(text, response.status) };
    return { kind: 'ok', data: JSON.parse(text), text };
  } catch {
    if (init.signal?.aborted === true) return { kind: 'aborted' };
    reportConnection('unreachable');
    return { kind: 'unreachable' };
  }
}

function readProblem(text: string, status: number): ApiProblem {
  return text.startsWith('{') ? JSON.parse(text) : { message: `The server answered with status ${status}.` };
}

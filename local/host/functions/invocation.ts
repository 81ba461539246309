import type { Activity } from '../activity.ts';
import type { AccountLimit } from './account-limit.ts';
import type { FunctionHost } from './function-host.ts';
import { FunctionError } from './function-worker.ts';

export type InvocationResult =
  | { readonly ok: true; readonly response: unknown; readonly durationMs: number }
  | { readonly ok: false; readonly error: Error; readonly durationMs: number };

/** Called after each invocation. */
export type InvocationListener = (functionId: string, event: unknown, result: InvocationResult) => void;

/**
 * Invokes a function, counts it as activity and reports the result.
 * @throws the invocation's error
 */
export type Invoke = (host: FunctionHost, event: unknown) => Promise<unknown>;

export function createInvoke(activity: Activity, limit: AccountLimit, listener: InvocationListener): Invoke {
  return async (host, event) =>
    await activity.track(async () => {
      const startedAt = performance.now();
      const durationMs = (): number => performance.now() - startedAt;
      try {
        const response = await limit.run(() => host.invoke(event));
        listener(host.id, event, { ok: true, response, durationMs: durationMs() });
        return response;
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (!isEndOfStage(error)) listener(host.id, event, { ok: false, error, durationMs: durationMs() });
        throw error;
      }
    });
}

/** Invocations that end because the stage stops are not failures of the function. */
function isEndOfStage(error: Error): boolean {
  return error instanceof FunctionError && error.errorType === 'Sandbox.Stopped';
}

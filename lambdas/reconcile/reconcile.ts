import { addMs, instantOf } from '../core/instant.ts';
import type { Json } from '../core/json.ts';
import { type PassKey, passNames } from '../core/pass.ts';
import { workMs } from './contract.ts';
import { type ExpirationPassing, passOverExpirations } from './expirations.ts';
import { type ListPassing, passOverList } from './pass.ts';
import { parseRequest } from './request.ts';
import { startedPass } from './start.ts';
import { longestWaitMs } from './timing.ts';

export interface Reconcile extends ListPassing, ExpirationPassing {
  readonly index: ListPassing['index'] & ExpirationPassing['index'];
  readonly catalogs: readonly string[];
}

/**
 * Goes on with every pass that is due, each by itself and all at once, so that a long one keeps no other waiting.
 * @param event what somebody asks for, see `Request`, or a schedule's own.
 * @throws ServiceError `event.malformed` before anything is done; of what failed unforeseen the first, once all have ended.
 */
export async function reconcile(event: Json | undefined, deps: Reconcile): Promise<void> {
  const request = parseRequest(event, deps.catalogs);
  const keys = deps.catalogs.flatMap((catalog) => passNames.map((name): PassKey => ({ catalog, name })));
  const deadlineMs = deps.clock.nowMs() + workMs;
  if (request.now || request.full) {
    const asked = keys.filter(({ catalog }) => request.catalog === undefined || request.catalog === catalog);
    const fullAt = request.full ? instantOf(deps.clock.nowMs()) : undefined;
    await Promise.all(asked.map((key) => deps.passes.ask(key, fullAt)));
  }
  const ended = await Promise.allSettled(keys.map((key) => goOn(key, deadlineMs, deps)));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

async function goOn(key: PassKey, deadlineMs: number, deps: Reconcile): Promise<void> {
  const { clock, timing, passes } = deps;
  const now = instantOf(clock.nowMs());
  const latestDueAt = addMs(now, timing.intervalMs + longestWaitMs);
  const claimed = await passes.claim(key, now, addMs(now, timing.leaseMs), latestDueAt);
  if (!claimed) return;
  const started = startedPass(claimed, deps);
  if (key.name === 'expirations') await passOverExpirations(started, deps);
  else await passOverList(started, key.name, deadlineMs, deps);
}

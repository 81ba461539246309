import { addMs, instantOf } from '../core/instant.ts';
import type { Json } from '../core/json.ts';
import { type PassKey, passNamesWith } from '../core/pass.ts';
import { workMs } from './contract.ts';
import type { ReconcileDeps } from './deps.ts';
import { runExpirationPass } from './expiration-pass.ts';
import { runListPass } from './list-pass.ts';
import { runReminderPass } from './reminder-pass.ts';
import { parseRequest, type ReconcileRequest } from './request.ts';
import { startPass } from './start-pass.ts';
import { longestWaitMs } from './timing.ts';

/**
 * Continues every pass that is due. All run at once, so that a long one delays no other.
 * @param event a `ReconcileRequest`, or the event of a schedule.
 * @throws ServiceError `event.malformed` before any pass runs. An unexpected error of a pass is
 *   thrown after all passes have ended; the first, if there are several.
 */
export async function reconcile(event: Json | undefined, deps: ReconcileDeps): Promise<void> {
  const request = parseRequest(event, deps.catalogs);
  const names = passNamesWith({ reminders: deps.timing.reminders.length > 0 });
  const keys = deps.catalogs.flatMap((catalog) => names.map((name): PassKey => ({ catalog, name })));
  const deadlineMs = deps.clock.nowMs() + workMs;
  if (request.now || request.full) await requestPasses(request, keys, deps);
  const settled = await Promise.allSettled(keys.map((key) => runIfDue(key, deadlineMs, deps)));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}

async function requestPasses(
  request: ReconcileRequest,
  keys: readonly PassKey[],
  { passes, clock }: ReconcileDeps,
): Promise<void> {
  const requested = keys.filter(
    ({ catalog }) => request.catalog === undefined || request.catalog === catalog,
  );
  const fullAt = request.full ? instantOf(clock.nowMs()) : undefined;
  await Promise.all(requested.map((key) => passes.request(key, fullAt)));
}

async function runIfDue(key: PassKey, deadlineMs: number, deps: ReconcileDeps): Promise<void> {
  const { clock, timing, passes } = deps;
  const now = instantOf(clock.nowMs());
  const latestDueAt = addMs(now, timing.intervalMs + longestWaitMs);
  const claimed = await passes.claim(key, now, addMs(now, timing.leaseMs), latestDueAt);
  if (!claimed) return;
  const pass = startPass(claimed, deps);
  if (key.name === 'expirations') await runExpirationPass(pass, deps);
  else if (key.name === 'reminders') await runReminderPass(pass, deadlineMs, deps);
  else await runListPass(pass, key.name, deadlineMs, deps);
}

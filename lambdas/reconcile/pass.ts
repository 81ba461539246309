import { addMs, epochMsOf, instantOf } from '../core/instant.ts';
import { type ListName, type Progress, watermarkAfter } from '../core/pass.ts';
import { isFailure, ServiceError } from '../core/service-error.ts';
import type { Sightings } from '../ports/sightings.ts';
import { failed, finished, paused, shown } from './ending.ts';
import { lists } from './lists.ts';
import { type PagePassing, passOverPage } from './page.ts';
import { restartedPass, type StartedPass, seesAll } from './start.ts';

/** What a pass over a list needs of the world. */
export interface ListPassing extends PagePassing {
  readonly sightings: Pick<Sightings, 'lastEvent'>;
}

/**
 * Goes on with a pass over one list, page by page, until it is complete, the time is up, or something stands in its way.
 * What may pass leaves it due soon, where it is; what may not leaves it due at the next interval, from the beginning.
 * @param deadlineMs when to take up no further page, epoch milliseconds.
 */
export async function passOverList(
  started: StartedPass,
  name: ListName,
  deadlineMs: number,
  deps: ListPassing,
): Promise<void> {
  let mayBeginAgain = true;
  let pass: StartedPass | undefined = started;
  while (pass) {
    const here: StartedPass = pass;
    try {
      pass = await nextPage(here, name, deadlineMs, deps);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // A token does not live for ever. Where the next one is refused, too, something else is wrong.
      const isRefused =
        isFailure(error, 'partner-central.invalid') && here.state.progress.nextToken !== undefined;
      pass =
        isRefused && mayBeginAgain
          ? restartedPass(here, 'token-refused', deps)
          : await failed(here, error, deps);
      mayBeginAgain &&= !isRefused;
    }
  }
}

/** @returns the pass as it stands after the page; undefined where that was the last, or none could be taken. */
async function nextPage(
  pass: StartedPass,
  name: ListName,
  deadlineMs: number,
  deps: ListPassing,
): Promise<StartedPass | undefined> {
  const { passes, feeds, clock, log, timing } = deps;
  const { queue } = feeds[lists[name].kind];
  if (clock.nowMs() >= deadlineMs) return paused(pass, 'time', deps);
  if ((await queue.depth()) > deepestQueue) return paused(pass, 'queue', deps);
  const progress = await passOverPage(pass, lists[name], deps);
  if (progress.nextToken === undefined) return complete(pass, name, progress, deps);
  const leaseEndsAt = addMs(instantOf(clock.nowMs()), timing.leaseMs);
  const saved = await passes.save(pass, { ...pass.state, progress }, leaseEndsAt);
  if (!saved)
    log.warn('pass.advanced', { ...shown({ ...pass, state: { progress } }), stopped: 'superseded' });
  return saved;
}

/** With so much before it, a finding would only add to the wait of what AWS sends. */
const deepestQueue = 200;

async function complete(
  pass: StartedPass,
  name: ListName,
  progress: Progress,
  deps: ListPassing,
): Promise<undefined> {
  const { clock, metrics, sightings, timing } = deps;
  const lastFullAt = seesAll(pass) ? progress.startedAt : pass.state.lastFullAt;
  if (name !== 'opportunities') return finished(pass, { lastFullAt }, progress, deps);
  const now = instantOf(clock.nowMs());
  const silentMs = epochMsOf(now) - epochMsOf(await sightings.lastEvent(now));
  metrics.count('Silence', progress.changes > 0 && silentMs >= timing.silenceMs ? 1 : 0);
  const watermark = watermarkAfter(pass.state, progress, now, timing.longestHoldMs);
  return finished(pass, { ...watermark, lastFullAt }, progress, deps);
}

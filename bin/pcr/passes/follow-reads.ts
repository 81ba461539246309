import type { Io } from '../io.ts';
import { spanText } from '../output.ts';
import { depthOf, parkedQueueOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import { pollMs } from './follow-passes.ts';

const readQueues = ['opportunity', 'invitation', 'engagement'] as const;

/** Approximate number of messages that wait for a read of Partner Central. */
export async function readsWaiting(relay: Relay): Promise<number> {
  const queues = readQueues.map((name) => parkedQueueOf(name, relay));
  const depths = await Promise.all(queues.map(({ queue }) => depthOf(queue, relay)));
  return depths.reduce((sum, each) => sum + each, 0);
}

/**
 * After this long without any read, the command stops waiting: the quota may be used up for hours.
 */
const stuckMs = 5 * 60_000;

/**
 * Shows the progress of the reads until all are done, none succeeds for a while, or the user
 * interrupts.
 * @param depth returns the approximate number of waiting messages
 * @param before messages that waited before the passes started; they may be failing retries
 * @returns how many more than before still wait
 */
export async function followReads(
  depth: () => Promise<number>,
  before: number,
  {
    clock,
    progress: startProgress,
    interrupted,
    note,
  }: Pick<Io, 'clock' | 'progress' | 'interrupted' | 'note'>,
): Promise<number> {
  const waiting = async () => Math.max(0, (await depth()) - before);
  let left = await waiting();
  if (left === 0) return 0;
  let [most, fewest, done, emptyInARow] = [left, left, 0, 0];
  let lastReadAtMs = clock.nowMs();
  const progress = startProgress('Reading records', most);
  // The depth is approximate: only two zeros in a row count as empty.
  while (emptyInARow < 2 && !interrupted().aborted && clock.nowMs() - lastReadAtMs < stuckMs) {
    await clock.sleep(pollMs);
    left = await waiting();
    emptyInARow = left === 0 ? emptyInARow + 1 : 0;
    if (left < fewest) [fewest, lastReadAtMs] = [left, clock.nowMs()];
    if (left > most - done) {
      most = left + done;
      progress.of(most);
    }
    progress.advance(most - left - done);
    done = most - left;
  }
  progress.end();
  if (left > 0 && !interrupted().aborted)
    note(`About ${left} still wait, and none was read for ${spanText(stuckMs)}: see \`pcr quota\`.`);
  return left;
}

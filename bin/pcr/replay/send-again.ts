import type { Delivery } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../../../lambdas/core/ids.ts';
import { epochMsOf, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { DeliveryLog } from '../../../lambdas/ports/delivery-log.ts';
import type { DeliveryDoorbell } from '../../../lambdas/ports/doorbell.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { fewAtOnce } from '../../../lambdas/reconcile/few-at-once.ts';
import type { Replay, ReplayId } from './replay.ts';
import type { Step } from './steps.ts';

export interface SendingAgain {
  readonly deliveries: Pick<DeliveryLog, 'replay'>;
  readonly records: Pick<RecordStore, 'awaitsFanOut'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  /** Aborted to stop after the messages at hand. */
  readonly interrupted: AbortSignal;
  /** Told after every few messages. */
  readonly advance: (by: number) => void;
}

export interface SentAgain {
  /** Will be sent. */
  readonly moved: number;
  /** Pending anyway, or moved by this replay before. */
  readonly already: number;
  /** How many were not come to. */
  readonly left: number;
}

/** Few enough that Ctrl-C is obeyed at once. */
const mostAtOnce = 25;
/** Rows are made pending so long before they are due: who interrupts stops all but them. */
const aheadMs = 10_000;
/** The first of a batch must not be due before the last of it is written: versions of a record would overtake each other. */
const leadMs = 1_000;
/** How soon an interruption is noticed. */
const napMs = 200;

/** Makes deliveries of messages pending, in their order and at the rate of the replay, and rings for them. */
export async function sendAgain(
  { id, selection: { endpointId }, ratePerSecond }: Replay,
  messages: readonly Step[],
  deps: SendingAgain,
): Promise<SentAgain> {
  const { clock, interrupted } = deps;
  const spacingMs = 1_000 / ratePerSecond;
  // At a slow rate fewer: whatever is made pending together is due soon.
  const batchSize = Math.max(1, Math.min(mostAtOnce, Math.floor(aheadMs / 2 / spacingMs)));
  let nextMs = clock.nowMs();
  let moved = 0;
  let done = 0;
  while (done < messages.length) {
    while (nextMs - clock.nowMs() > aheadMs && !interrupted.aborted) await clock.sleep(napMs);
    if (interrupted.aborted) break;
    // What was slow to write is not made up for: that would be a burst.
    nextMs = Math.max(nextMs, clock.nowMs() + leadMs);
    const batch = messages.slice(done, done + batchSize).map(({ version, passed }, index) => ({
      delivery: deliveryOf(version, endpointId, true),
      passed: passed.map((each) => deliveryOf(each, endpointId, false)),
      dueAt: instantOf(nextMs + index * spacingMs),
    }));
    const sent = await moveAll(batch, id, deps);
    // What was pending anyway takes no turn.
    nextMs = Math.max(nextMs, ...sent.map(({ dueAt }) => epochMsOf(dueAt) + spacingMs));
    moved += sent.length;
    done += batch.length;
    deps.advance(batch.length);
  }
  return { moved, already: done - moved, left: messages.length - done };
}

interface Turn {
  readonly delivery: Delivery;
  /** Moved before it, with nothing to send: they take no turn. */
  readonly passed: readonly Delivery[];
  readonly dueAt: Instant;
}

function deliveryOf(version: VersionRef, endpointId: EndpointId, wanted: boolean): Delivery {
  const messageId = messageIdOf(version);
  return { id: deliveryIdOf(messageId, endpointId), messageId, endpointId, version, wanted };
}

/** The versions of a record one after the other: one that is written before the version before it could be sent before it. */
async function moveAll(
  turns: readonly Turn[],
  replayId: ReplayId,
  deps: SendingAgain,
): Promise<readonly Turn[]> {
  const { deliveries, doorbell, clock } = deps;
  const byRecord = Map.groupBy(turns, ({ delivery }) => recordPath(delivery.version));
  const moved: Turn[] = [];
  const toRing: Pick<Turn, 'delivery' | 'dueAt'>[] = [];
  await fewAtOnce([...byRecord.values()], async (ofRecord) => {
    for (const turn of ofRecord) {
      toRing.push(...(await movePassed(turn, replayId, deps)));
      if ((await deliveries.replay(turn.delivery, turn.dueAt, replayId)) === 'already') continue;
      moved.push(turn);
      toRing.push(turn);
    }
  });
  // Rings that wait equally long go out in one call.
  const byDelay = Map.groupBy(toRing, ({ dueAt }) =>
    Math.max(0, Math.ceil((epochMsOf(dueAt) - clock.nowMs()) / 1_000)),
  );
  for (const [seconds, rung] of byDelay)
    await doorbell.ring(
      rung.map(({ delivery }) => delivery.id),
      seconds * 1_000,
    );
  return moved;
}

async function movePassed(
  { passed, dueAt }: Turn,
  replayId: ReplayId,
  { deliveries, records }: Pick<SendingAgain, 'deliveries' | 'records'>,
): Promise<readonly Pick<Turn, 'delivery' | 'dueAt'>[]> {
  const moved: Pick<Turn, 'delivery' | 'dueAt'>[] = [];
  for (const delivery of passed) {
    // Fan-out is still to add this row, and may find it wanted: where there is one by then, it would be left as it is.
    if (await records.awaitsFanOut(delivery.version)) continue;
    if ((await deliveries.replay(delivery, dueAt, replayId)) === 'moved') moved.push({ delivery, dueAt });
  }
  return moved;
}

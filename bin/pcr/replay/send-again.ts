import type { Delivery } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../../../lambdas/core/ids.ts';
import { epochMsOf, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { DeliveryDoorbell } from '../../../lambdas/ports/doorbell.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { DeliveryLog } from '../stores/delivery-log.ts';
import type { Replay, ReplayId } from './replay.ts';
import type { Step } from './steps.ts';

export interface SendAgainDeps {
  readonly deliveries: Pick<DeliveryLog, 'replay'>;
  readonly records: Pick<RecordStore, 'awaitsFanOut'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  /** Aborted to stop after the messages at hand. */
  readonly interrupted: AbortSignal;
  /** Told after every few messages. */
  readonly advance: (by: number) => void;
}

export interface SendAgainResult {
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
  deps: SendAgainDeps,
): Promise<SendAgainResult> {
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
    const batch = messages.slice(done, done + batchSize).map(({ version, unsent }, index) => ({
      delivery: deliveryOf(version, endpointId, true),
      unsent: unsent.map((each) => deliveryOf(each, endpointId, false)),
      dueAt: instantOf(nextMs + index * spacingMs),
    }));
    const sent = await moveAll(batch, id, deps);
    // What was pending anyway takes no message.
    nextMs = Math.max(nextMs, ...sent.map(({ dueAt }) => epochMsOf(dueAt) + spacingMs));
    moved += sent.length;
    done += batch.length;
    deps.advance(batch.length);
  }
  return { moved, already: done - moved, left: messages.length - done };
}

interface ReplayedMessage {
  readonly delivery: Delivery;
  /** Moved before it, with nothing to send: they take no message. */
  readonly unsent: readonly Delivery[];
  readonly dueAt: Instant;
}

function deliveryOf(version: VersionRef, endpointId: EndpointId, wanted: boolean): Delivery {
  const messageId = messageIdOf(version);
  return { id: deliveryIdOf(messageId, endpointId), messageId, endpointId, version, wanted };
}

/** The versions of a record one after the other: one that is written before the version before it could be sent before it. */
async function moveAll(
  messages: readonly ReplayedMessage[],
  replayId: ReplayId,
  deps: SendAgainDeps,
): Promise<readonly ReplayedMessage[]> {
  const { deliveries, doorbell, clock } = deps;
  const byRecord = Map.groupBy(messages, ({ delivery }) => recordPath(delivery.version));
  const moved: ReplayedMessage[] = [];
  const toRing: Pick<ReplayedMessage, 'delivery' | 'dueAt'>[] = [];
  await fewAtOnce([...byRecord.values()], async (ofRecord) => {
    for (const message of ofRecord) {
      toRing.push(...(await moveUnsent(message, replayId, deps)));
      if ((await deliveries.replay(message.delivery, message.dueAt, replayId)) === 'already') continue;
      moved.push(message);
      toRing.push(message);
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

async function moveUnsent(
  { unsent, dueAt }: ReplayedMessage,
  replayId: ReplayId,
  { deliveries, records }: Pick<SendAgainDeps, 'deliveries' | 'records'>,
): Promise<readonly Pick<ReplayedMessage, 'delivery' | 'dueAt'>[]> {
  const moved: Pick<ReplayedMessage, 'delivery' | 'dueAt'>[] = [];
  for (const delivery of unsent) {
    // Fan-out is still to add this row, and may find it wanted: where there is one by then, it would be left as it is.
    if (await records.awaitsFanOut(delivery.version)) continue;
    if ((await deliveries.replay(delivery, dueAt, replayId)) === 'moved') moved.push({ delivery, dueAt });
  }
  return moved;
}

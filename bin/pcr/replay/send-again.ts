import pMap from 'p-map';
import type { Delivery } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import { epochMsOf, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { DeliveryDoorbell } from '../../../lambdas/ports/doorbell.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { concurrency } from '../first-of.ts';
import type { DeliveryLog } from '../stores/delivery-log.ts';
import type { Replay, ReplayId } from './replay.ts';
import type { ReplayedMessage, Step } from './steps.ts';

export interface SendAgainDeps {
  readonly deliveries: Pick<DeliveryLog, 'replay'>;
  readonly records: Pick<RecordStore, 'awaitsFanOut' | 'messageIds'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  /** Aborting stops after the current batch. */
  readonly interrupted: AbortSignal;
  /** Called after each batch. */
  readonly advance: (by: number) => void;
}

export interface SendAgainResult {
  /** Deliveries that will be sent. */
  readonly moved: number;
  /** Deliveries that were pending already, or moved by this replay before. */
  readonly already: number;
  /** Messages that were not processed. */
  readonly left: number;
}

/** Small enough that Ctrl-C takes effect at once. */
const mostAtOnce = 25;
/** Rows become pending this long before they are due. An interruption cannot stop those. */
const aheadMs = 10_000;
/**
 * The first row of a batch must not be due before the last is written: versions would overtake each
 * other.
 */
const leadMs = 1_000;
/** Delay until an interruption is noticed. */
const napMs = 200;

/** Makes the deliveries pending, in order and at the rate of the replay, and rings the doorbell. */
export async function sendAgain(
  { id, selection: { endpointId }, ratePerSecond }: Replay,
  messages: readonly Step[],
  deps: SendAgainDeps,
): Promise<SendAgainResult> {
  const { clock, interrupted } = deps;
  const spacingMs = 1_000 / ratePerSecond;
  // At a slow rate batches are smaller, so that all of a batch is due soon.
  const batchSize = Math.max(1, Math.min(mostAtOnce, Math.floor(aheadMs / 2 / spacingMs)));
  let nextMs = clock.nowMs();
  let moved = 0;
  let done = 0;
  while (done < messages.length) {
    while (nextMs - clock.nowMs() > aheadMs && !interrupted.aborted) await clock.sleep(napMs);
    if (interrupted.aborted) break;
    // Slow writes are not caught up with: that would send a burst.
    nextMs = Math.max(nextMs, clock.nowMs() + leadMs);
    const batch = messages.slice(done, done + batchSize).map(({ message, unsent }, index) => ({
      delivery: toDelivery(message, endpointId, true),
      unsent,
      dueAt: instantOf(nextMs + index * spacingMs),
    }));
    const sent = await moveAll(batch, id, deps);
    // Deliveries that were pending already take no time of the rate.
    nextMs = Math.max(nextMs, ...sent.map(({ dueAt }) => epochMsOf(dueAt) + spacingMs));
    moved += sent.length;
    done += batch.length;
    deps.advance(batch.length);
  }
  return { moved, already: done - moved, left: messages.length - done };
}

interface DueMessage {
  readonly delivery: Delivery;
  /** Moved before the message. Nothing is sent for them, so they take no time of the rate. */
  readonly unsent: readonly VersionRef[];
  readonly dueAt: Instant;
}

function toDelivery(
  { ref: version, messageId, previousMessageId }: ReplayedMessage,
  endpointId: EndpointId,
  wanted: boolean,
): Delivery {
  const id = deliveryIdOf(messageId, endpointId);
  return { id, messageId, previousMessageId, endpointId, version, wanted };
}

/**
 * Moves the versions of a record one after another: a version that is written before its
 * predecessor could be sent first.
 */
async function moveAll(
  messages: readonly DueMessage[],
  replayId: ReplayId,
  deps: SendAgainDeps,
): Promise<readonly DueMessage[]> {
  const { deliveries, doorbell, clock } = deps;
  const byRecord = Map.groupBy(messages, ({ delivery }) => recordPath(delivery.version));
  const moved: DueMessage[] = [];
  const toRing: Pick<DueMessage, 'delivery' | 'dueAt'>[] = [];
  const moveRecord = async (ofRecord: readonly DueMessage[]) => {
    for (const message of ofRecord) {
      toRing.push(...(await moveUnsent(message, replayId, deps)));
      if ((await deliveries.replay(message.delivery, message.dueAt, replayId)) === 'already') continue;
      moved.push(message);
      toRing.push(message);
    }
  };
  await pMap(byRecord.values(), moveRecord, { concurrency });
  // Deliveries with the same delay are signalled in one call.
  const byDelay = Map.groupBy(toRing, ({ dueAt }) =>
    Math.max(0, Math.ceil((epochMsOf(dueAt) - clock.nowMs()) / 1_000)),
  );
  for (const [seconds, due] of byDelay)
    await doorbell.ring(
      due.map(({ delivery }) => delivery.id),
      seconds * 1_000,
    );
  return moved;
}

async function moveUnsent(
  { unsent, dueAt, delivery: { endpointId } }: DueMessage,
  replayId: ReplayId,
  { deliveries, records }: Pick<SendAgainDeps, 'deliveries' | 'records'>,
): Promise<readonly Pick<DueMessage, 'delivery' | 'dueAt'>[]> {
  const moved: Pick<DueMessage, 'delivery' | 'dueAt'>[] = [];
  for (const ref of unsent) {
    // Fan-out has not added this row yet and may find the version wanted. It would leave an
    // existing row unchanged.
    if (await records.awaitsFanOut(ref)) continue;
    const ids = await records.messageIds(ref);
    // A version that is no longer stored keeps no other waiting.
    if (!ids) continue;
    const delivery = toDelivery({ ref, ...ids }, endpointId, false);
    if ((await deliveries.replay(delivery, dueAt, replayId)) === 'moved') moved.push({ delivery, dueAt });
  }
  return moved;
}

import pMap from 'p-map';
import { correlationIdOf } from '../../../lambdas/core/correlation.ts';
import type { ListedDelivery } from '../../../lambdas/core/delivery.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import { sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import { deliveryIdsOf } from './trace-start.ts';

/** A version with its message and where that went. */
export interface TracedVersion extends Pick<Version, 'version' | 'messageId' | 'type' | 'topics' | 'cause'> {
  readonly record: string;
  readonly correlationId: string;
  readonly readAt: string;
  /** With attempts. */
  readonly deliveries: readonly ListedDelivery[];
}

/** Returns undefined if the version is not stored, or unreadable. */
export async function traceVersion(ref: VersionRef, relay: Relay): Promise<TracedVersion | undefined> {
  const found = sampleVersion(ref) ?? (await ifReadable(() => relay.records.version(ref)));
  if (!found) return undefined;
  const { version, messageId, type, topics, cause, readAt } = found;
  const ids = await deliveryIdsOf(messageId, relay);
  const deliveries = await pMap(ids, (id) => relay.deliveries.find(id), { concurrency });
  return {
    record: recordPath(ref),
    version,
    type,
    topics,
    messageId,
    correlationId: correlationIdOf(found),
    readAt,
    cause,
    deliveries: deliveries.flatMap((entry) => entry ?? []),
  };
}

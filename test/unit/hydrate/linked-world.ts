import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { type InvitationOptions, invitationPayload } from '../../builders/invitation-payloads.ts';
import { type OpportunityOptions, opportunityPayload } from '../../builders/payloads.ts';
import {
  engagementKey,
  invitationKey,
  observation,
  opportunityKey,
  versionOf,
} from '../../builders/versions.ts';
import type { InMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import type { HydrationWorld } from './hydration-world.ts';

export const tasks = 'ListEngagementByAcceptingInvitationTasks';

/** Stores a record whose read began before all events of the test. */
export async function put(
  { records }: { readonly records: InMemoryRecordStore },
  key: RecordKey,
  payload: JsonObject,
): Promise<void> {
  const version = versionOf(observation({ key, payload, readAt: '2026-03-01T09:59:00.000Z' }));
  await appendVersion(records, undefined, version, '2026-03-01T10:00:00.000Z');
}

export function putOpportunity(world: HydrationWorld, of: OpportunityOptions = {}): Promise<void> {
  const { id = opportunityKey.id } = of;
  return put(world, { ...opportunityKey, id }, opportunityPayload({ ...of, id }));
}

export function putInvitation(world: HydrationWorld, of: InvitationOptions = {}): Promise<void> {
  const { id = invitationKey.id } = of;
  return put(world, { ...invitationKey, id }, invitationPayload({ ...of, id }));
}

export function putEngagement(world: HydrationWorld): Promise<void> {
  return put(world, engagementKey, engagementPayload());
}

/** An item of the list of tasks: the task that made an opportunity from an invitation. */
export function task(of: { readonly status?: string; readonly opportunityId?: string } = {}): JsonObject {
  const { status = 'COMPLETE', opportunityId = opportunityKey.id } = of;
  return {
    EngagementInvitationId: invitationKey.id,
    OpportunityId: opportunityId,
    TaskId: 'task-abcdefgh12345',
    TaskStatus: status,
  };
}

/** All links as texts, sorted: `opportunity O1 -> engagement eng-1, snapshot`. */
export function linksIn({ records }: { readonly records: InMemoryRecordStore }): string[] {
  return records
    .states()
    .flatMap(({ kind, id, links }) =>
      links.map((link) => `${kind} ${id} -> ${link.kind} ${link.id}, ${link.via}`),
    )
    .toSorted();
}

/** The links of two records to each other. */
export function pair(a: RecordKey, b: RecordKey, via: string): string[] {
  return [`${a.kind} ${a.id} -> ${b.kind} ${b.id}, ${via}`, `${b.kind} ${b.id} -> ${a.kind} ${a.id}, ${via}`];
}

export function sorted(...pairs: readonly (readonly string[])[]): string[] {
  return pairs.flat().toSorted();
}

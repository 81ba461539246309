import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { parseJsonText } from '../../../lambdas/core/json-text.ts';
import { type PartnerEvent, parsePartnerEvent } from '../../../lambdas/core/partner-event.ts';
import type { PassKey, PassName } from '../../../lambdas/core/pass.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { decide } from '../../../lambdas/core/version.ts';
import type { ReconcileMetric } from '../../../lambdas/reconcile/contract.ts';
import type { ReconcileDeps } from '../../../lambdas/reconcile/deps.ts';
import { reconcile } from '../../../lambdas/reconcile/reconcile.ts';
import { type TimingSettings, timingOf } from '../../../lambdas/reconcile/timing.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { cause } from '../../builders/versions.ts';
import { type InMemoryFindingQueue, inMemoryFindingQueue } from '../../fakes/in-memory-finding-queue.ts';
import { type InMemoryPassStore, inMemoryPassStore } from '../../fakes/in-memory-pass-store.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { type InMemoryRecordStore, inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { inMemorySightings } from '../../fakes/in-memory-sightings.ts';
import { type ListingPartnerCentral, listingPartnerCentral } from '../../fakes/listing-partner-central.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { type RecordedMetrics, recordedMetrics } from '../../fakes/recorded-metrics.ts';

/** What stays between runs of `reconcile`. */
export interface ReconcileWorld extends ReconcileDeps {
  readonly partnerCentral: ListingPartnerCentral;
  readonly passes: InMemoryPassStore;
  readonly records: InMemoryRecordStore;
  readonly queues: Readonly<
    Record<'opportunity' | 'engagement-invitation' | 'engagement', InMemoryFindingQueue>
  >;
  readonly clock: ManualClock;
  readonly log: RecordedLog;
  readonly metrics: RecordedMetrics<ReconcileMetric>;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The time is noon, and no pass has run. */
export function reconcileWorld({
  pageSize = 100,
  ...timing
}: Partial<TimingSettings> & { readonly pageSize?: number } = {}): ReconcileWorld {
  const records = inMemoryRecordStore();
  const queues = {
    opportunity: inMemoryFindingQueue(),
    'engagement-invitation': inMemoryFindingQueue(),
    engagement: inMemoryFindingQueue(),
  };
  return {
    catalogs: ['AWS'],
    partnerCentral: listingPartnerCentral({ pageSize }),
    passes: inMemoryPassStore(),
    records,
    index: inMemoryRecordIndex(records),
    sightings: inMemorySightings(),
    queues,
    feeds: {
      opportunity: { queue: queues.opportunity },
      'engagement-invitation': { queue: queues['engagement-invitation'] },
      engagement: { queue: queues.engagement },
    },
    clock: manualClock('2026-03-01T12:00:00.000Z'),
    timing: timingOf({
      reconcileMinutes: 60,
      fullPassDays: 7,
      expiringDays: 3,
      reminders: [],
      silenceDays: 3,
      timeScale: 1,
      ...timing,
    }),
    log: recordedLog(),
    metrics: recordedMetrics(),
  };
}

export function passKey(name: PassName): PassKey {
  return { catalog: 'AWS', name };
}

/** One scheduled run. `ports` replace those of the world. */
export function run(
  world: ReconcileWorld,
  event: Json = {},
  ports: Partial<ReconcileDeps> = {},
): Promise<void> {
  return reconcile(event, { ...world, ...ports });
}

/** Advances the clock by this many milliseconds, and runs. */
export function runAfter(world: ReconcileWorld, ms: number, event: Json = {}): Promise<void> {
  world.clock.advance(ms);
  return run(world, event);
}

/** Removes the waiting findings from the queues and parses them as `hydrate` does. */
export function takeFindings({ queues }: ReconcileWorld): PartnerEvent[] {
  return Object.values(queues)
    .flatMap((queue) => queue.takeAll())
    .flatMap((body) => {
      const event = parsePartnerEvent(parseJsonText(body));
      return event.key ? [event] : [];
    });
}

export function recordIdOf(event: PartnerEvent): string {
  return event.key.id;
}

export function opportunityId(number: number): string {
  return `O${1_000_000 + number}`;
}

/** This many minutes after a time one month before the start. */
export function timestampOf(minutes: number): Instant {
  return instantOf(Date.parse('2026-02-01T12:00:00.000Z') + minutes * minuteMs);
}

/** An item of ListOpportunities. */
export function listedOpportunity(number: number, lastModifiedDate: Json = timestampOf(number)): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/opportunity/${opportunityId(number)}`,
    Catalog: 'AWS',
    CreatedDate: '2026-01-01T09:00:00Z',
    Customer: { Account: { CompanyName: 'Example Corp' } },
    Id: opportunityId(number),
    LastModifiedDate: lastModifiedDate,
  };
}

export const invitationId = 'engi-abcdefgh12345';

/** An item of ListEngagementInvitations. */
export function listedInvitation(members: JsonObject = {}): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/${invitationId}`,
    Catalog: 'AWS',
    EngagementId: 'eng-abcdefgh123456',
    EngagementTitle: 'Data platform',
    ExpirationDate: '2026-03-16T10:00:00.123456789Z',
    Id: invitationId,
    InvitationDate: '2026-02-20T10:00:00.123456789Z',
    ParticipantType: 'RECEIVER',
    PayloadType: 'OpportunityInvitation',
    Receiver: { Account: { Alias: null, AwsAccountId: '111122223333' } },
    SenderAwsAccountId: 'aws',
    SenderCompanyName: 'AWS',
    Status: 'PENDING',
    ...members,
  };
}

/** An item of ListEngagements. */
export function listedEngagement(members: JsonObject = {}): JsonObject {
  return {
    Arn: 'arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-abcdefgh123456',
    CreatedAt: '2026-02-20T10:00:00.123456789Z',
    CreatedBy: 'aws',
    Id: 'eng-abcdefgh123456',
    MemberCount: 2,
    ModifiedAt: '2026-02-21T10:00:00.5Z',
    Title: 'Data platform',
    ...members,
  };
}

/** Stores the result of a read as `hydrate` does. */
export async function storeRead(
  { records, clock }: ReconcileWorld,
  key: RecordKey,
  payload: JsonObject,
  readAt: Instant = instantOf(clock.nowMs()),
): Promise<void> {
  const current = await records.current(key);
  const decision = decide(current, { key, payload, readAt, cause });
  if (decision.outcome === 'stored') await appendVersion(records, current, decision.version, readAt);
  if (decision.outcome === 'unchanged' && current) await records.confirm(current, readAt);
}

export function storeOpportunity(
  world: ReconcileWorld,
  number: number,
  lastModifiedDate: Json = timestampOf(number),
  readAt?: Instant,
): Promise<void> {
  const id = opportunityId(number);
  const payload = opportunityPayload({ id, lastModifiedDate });
  return storeRead(world, { catalog: 'AWS', kind: 'opportunity', id }, payload, readAt);
}

export function storeInvitation(
  world: ReconcileWorld,
  { id = invitationId, ...members }: { id?: string; status?: string; expirationDate?: string } = {},
  readAt?: Instant,
): Promise<void> {
  const key = { catalog: 'AWS', kind: 'engagement-invitation', id } as const;
  return storeRead(world, key, invitationPayload({ id, ...members }), readAt);
}

/** The log fields of the complete passes over a list. */
export function finishedPasses({ log }: ReconcileWorld, name: PassName) {
  return log.of('pass.finished').filter(({ pass }) => pass === name);
}

/** Lists opportunities with these numbers, each with its own timestamp. */
export function putOpportunities({ partnerCentral }: ReconcileWorld, ...numbers: readonly number[]): void {
  for (const number of numbers) partnerCentral.put('opportunities', listedOpportunity(number));
}

/** Empties the queues and stores these opportunities in their listed state. */
export async function hydrateAll(world: ReconcileWorld, numbers: readonly number[]): Promise<void> {
  takeFindings(world);
  for (const number of numbers) await storeOpportunity(world, number);
}

export function sentIds(world: ReconcileWorld): string[] {
  return takeFindings(world).map(recordIdOf);
}

export function watermarkOf({ passes }: ReconcileWorld): string | undefined {
  return passes.find(passKey('opportunities'))?.state.watermark;
}

/** The `from` of each pass over the opportunities, without the first `after` passes. */
export function askedFrom({ partnerCentral }: ReconcileWorld, after = 0): unknown[] {
  return partnerCentral.calls
    .filter(({ list, nextToken }) => list === 'opportunities' && nextToken === undefined)
    .slice(after)
    .map(({ from }) => from);
}

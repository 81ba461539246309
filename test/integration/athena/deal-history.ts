import { erase } from '../../../bin/pcr/erase/erase.ts';
import { dynamodbDeliveryLog } from '../../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbErasureRows } from '../../../bin/pcr/stores/erasure-rows.ts';
import { dynamodbRecordStore } from '../../../lambdas/adapters/dynamodb-record-store.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { Observation } from '../../../lambdas/core/version.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload, teamMember } from '../../builders/payloads.ts';
import { cause, observation, versionOf } from '../../builders/versions.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import type { StackTables } from '../stack-tables.ts';

/** A state of an opportunity, from which the test computes what the views must return. */
export interface DealState {
  readonly id: string;
  readonly at: Instant;
  readonly stage: string;
  /** US dollars a month. Undefined if it was erased. */
  readonly amount: string | undefined;
  /** Whether it is too large for a map, so that Athena cannot read its payload. */
  readonly isPacked?: boolean;
  readonly lostBecause?: string;
}

/** It has more digits than a column can hold. */
const hugeAmount = '1234567890123456789012345678901';

/** In the full export. */
export const firstStates: readonly DealState[] = [
  { id: 'O1000001', at: '2026-01-10T10:00:00.000Z', stage: 'Prospect', amount: '1000' },
  { id: 'O2000002', at: '2026-01-15T10:00:00.000Z', stage: 'Prospect', amount: '500.25' },
  { id: 'O1000001', at: '2026-01-20T10:00:00.000Z', stage: 'Qualified', amount: '2000' },
  { id: 'O3000003', at: '2026-02-01T10:00:00.000Z', stage: 'Prospect', amount: hugeAmount },
  { id: 'O6000006', at: '2026-02-01T11:00:00.000Z', stage: 'Prospect', amount: '60' },
];

/** In the first incremental export. */
export const secondStates: readonly DealState[] = [
  { id: 'O1000001', at: '2026-02-04T10:00:00.000Z', stage: 'Launched', amount: '2000' },
  { id: 'O6000006', at: '2026-02-05T11:00:00.000Z', stage: 'Qualified', amount: '66', isPacked: true },
  { id: 'O4000004', at: '2026-02-10T10:00:00.000Z', stage: 'Prospect', amount: '700' },
];

/** In the second incremental export. */
export const thirdStates: readonly DealState[] = [
  { id: 'O6000006', at: '2026-02-11T11:00:00.000Z', stage: 'Committed', amount: '60' },
  {
    id: 'O2000002',
    at: '2026-02-14T10:00:00.000Z',
    stage: 'Closed Lost',
    amount: '500.25',
    lostBecause: 'Price',
  },
  { id: 'O4000004', at: '2026-02-20T10:00:00.000Z', stage: 'Qualified', amount: '900', isPacked: true },
];

/** Stored before the full export, and erased after it: only its id, stage and dates are left. */
export const erasedState: DealState = {
  id: 'O5000005',
  at: '2026-01-05T10:00:00.000Z',
  stage: 'Prospect',
  amount: undefined,
};
/** Title of the opportunity that is erased. */
export const erasedTitle = 'Jane Erased Example';
const erasedKey: RecordKey = { catalog: 'AWS', kind: 'opportunity', id: erasedState.id };

/** When the last read began. */
export const lastReadAt: Instant = '2026-02-21T10:00:00.000Z';

/** An end date that is no date. */
export const dealWithBadDate = 'O3000003';
export const targetCloseDate = '2026-02-11';

function toObservation({ id, at, stage, amount, isPacked, lostBecause }: DealState): Observation {
  const title = id === erasedState.id ? erasedTitle : `Deal ${id}`;
  const body = opportunityPayload({
    id,
    stage,
    amount: amount ?? '12000',
    lastModifiedDate: at,
    title,
    targetCloseDate: id === dealWithBadDate ? 'soon' : targetCloseDate,
  });
  const reason: JsonObject = lostBecause === undefined ? {} : { ClosedLostReason: lostBecause };
  const notes: JsonObject = isPacked ? { Notes: 'long '.repeat(40_000) } : {};
  const LifeCycle = { ...toObject(body['LifeCycle']), ...reason };
  return observation({
    key: { catalog: 'AWS', kind: 'opportunity', id },
    payload: { ...body, LifeCycle, ...notes },
    readAt: addMs(at, 2_000),
    cause: { ...cause, eventTime: at },
  });
}

function toObject(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

const summary = (engagementScore: string, readAt: Instant): Observation =>
  observation({
    key: { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1000001' },
    payload: {
      ...awsSummaryPayload({ opportunityId: 'O1000001', engagementScore }),
      OpportunityTeam: [teamMember('AWSAccountOwner', 'owner@aws.example.com', 'Paulo')],
    },
    readAt,
  });

const invitation = (id: string, status: string, readAt: Instant): Observation =>
  observation({
    key: { catalog: 'AWS', kind: 'engagement-invitation', id },
    payload: { ...invitationPayload({ id, status }), InvitationDate: '2026-02-02T10:00:00Z' },
    readAt,
  });

/** Stores what the full export has. Intents of its versions are there too. */
export async function storeFirst(tables: StackTables): Promise<void> {
  const pending = ['engi-1', 'engi-2', 'engi-3'].map((id) =>
    invitation(id, 'PENDING', '2026-02-02T10:00:02.000Z'),
  );
  const deals = [erasedState, ...firstStates].map(toObservation);
  await store(tables, [...deals, summary('Low', '2026-01-21T10:00:00.000Z'), ...pending]);
}

export async function storeSecond(tables: StackTables): Promise<void> {
  await leaveAll(tables, [erasedState, ...firstStates]);
  const accepted = invitation('engi-1', 'ACCEPTED', '2026-02-06T10:00:00.000Z');
  await store(tables, [...secondStates.map(toObservation), accepted]);
}

const nothing = async () => ({ found: 0, notSearched: 0 });

/** Also erases a record, in every version, as `pcr erase` does. */
export async function storeThird(tables: StackTables): Promise<void> {
  const rejected = invitation('engi-2', 'REJECTED', '2026-02-07T10:00:00.000Z');
  await store(tables, [...thirdStates.map(toObservation), summary('High', lastReadAt), rejected]);
  const { client, names } = tables;
  const tableNames = { records: names.RECORDS_TABLE, webhooks: names.WEBHOOKS_TABLE };
  const records = dynamodbRecordStore(client(), names.RECORDS_TABLE);
  await erase(
    { record: erasedKey },
    {
      records,
      rows: dynamodbErasureRows(client(), tableNames),
      deliveries: dynamodbDeliveryLog(client(), names.WEBHOOKS_TABLE),
      parked: { count: nothing, drop: nothing },
      clock: manualClock('2026-02-20T12:00:00.000Z'),
    },
  );
}

async function store({ client, names }: StackTables, observations: readonly Observation[]): Promise<void> {
  const records = dynamodbRecordStore(client(), names.RECORDS_TABLE);
  for (const observed of observations) {
    const current = await records.current(observed.key);
    await appendVersion(records, current, versionOf(observed, current));
  }
}

/** Deletes the intents of the newest versions, so that an incremental export has deletions. */
async function leaveAll({ client, names }: StackTables, states: readonly DealState[]): Promise<void> {
  const records = dynamodbRecordStore(client(), names.RECORDS_TABLE);
  for (const { id } of states) {
    const current = await records.current({ catalog: 'AWS', kind: 'opportunity', id });
    if (current) await leaveOutbox(records, current);
  }
}

import { dynamodbRecordStore } from '../../../lambdas/adapters/dynamodb-record-store.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { eraseRecord, type Observation } from '../../../lambdas/core/version.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload, teamMember } from '../../builders/payloads.ts';
import { cause, observation, versionOf } from '../../builders/versions.ts';
import type { StackTables } from '../stack-tables.ts';

/** A state of an opportunity, as the expected results are computed from it. */
export interface DealState {
  readonly id: string;
  readonly at: Instant;
  readonly stage: string;
  readonly amount: string;
  /** Whether the state is too large for a map, so that Athena cannot read its payload. */
  readonly isPacked?: boolean;
  readonly lostBecause?: string;
}

/** More digits than an amount of a column can have. */
export const hugeAmount = '1234567890123456789012345678901';

export const statesBefore: readonly DealState[] = [
  { id: 'O1000001', at: '2026-01-10T10:00:00.000Z', stage: 'Prospect', amount: '1000' },
  { id: 'O2000002', at: '2026-01-15T10:00:00.000Z', stage: 'Prospect', amount: '500.25' },
  { id: 'O1000001', at: '2026-01-20T10:00:00.000Z', stage: 'Qualified', amount: '2000' },
  { id: 'O3000003', at: '2026-02-01T10:00:00.000Z', stage: 'Prospect', amount: hugeAmount },
];

export const statesAfter: readonly DealState[] = [
  { id: 'O1000001', at: '2026-02-04T10:00:00.000Z', stage: 'Launched', amount: '2000' },
  { id: 'O4000004', at: '2026-02-10T10:00:00.000Z', stage: 'Prospect', amount: '700' },
  {
    id: 'O2000002',
    at: '2026-02-14T10:00:00.000Z',
    stage: 'Closed Lost',
    amount: '500.25',
    lostBecause: 'Price',
  },
  { id: 'O4000004', at: '2026-02-20T10:00:00.000Z', stage: 'Qualified', amount: '900', isPacked: true },
];

/** Words of the opportunity that is erased. */
export const erasedName = 'Jane Erased Example';
export const erasedKey: RecordKey = { catalog: 'AWS', kind: 'opportunity', id: 'O5000005' };

function toObservation({ id, at, stage, amount, isPacked, lostBecause }: DealState): Observation {
  const body = opportunityPayload({
    id,
    stage,
    amount,
    lastModifiedDate: at,
    title: `Deal ${id}`,
    targetCloseDate: id === 'O3000003' ? 'soon' : '2026-02-25',
  });
  const lifeCycle = { ...toObject(body['LifeCycle']), ...(lostBecause && { ClosedLostReason: lostBecause }) };
  const notes: JsonObject = isPacked ? { Notes: 'long '.repeat(40_000) } : {};
  return observation({
    key: { catalog: 'AWS', kind: 'opportunity', id },
    payload: { ...body, LifeCycle: lifeCycle, ...notes },
    readAt: addMs(at, 2_000),
    cause: { ...cause, eventTime: at },
  });
}

function toObject(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

const summary = (engagementScore: string): Observation =>
  observation({
    key: { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1000001' },
    payload: {
      ...awsSummaryPayload({ opportunityId: 'O1000001', engagementScore }),
      OpportunityTeam: [teamMember('AWSAccountOwner', 'owner@aws.example.com', 'Paulo')],
    },
    readAt: engagementScore === 'Low' ? '2026-01-21T10:00:00.000Z' : '2026-02-21T10:00:00.000Z',
  });

const invitation = (id: string, status: string): Observation =>
  observation({
    key: { catalog: 'AWS', kind: 'engagement-invitation', id },
    payload: { ...invitationPayload({ id, status }), InvitationDate: '2026-02-02T10:00:00Z' },
    readAt: status === 'PENDING' ? '2026-02-02T10:00:02.000Z' : '2026-02-06T10:00:02.000Z',
  });

/** The records before the full export. */
export async function storeBefore(tables: StackTables): Promise<void> {
  const secret = opportunityPayload({
    id: erasedKey.id,
    title: erasedName,
    lastModifiedDate: '2026-01-05T10:00:00Z',
  });
  const erased = observation({ key: erasedKey, payload: secret, readAt: '2026-01-05T10:00:02.000Z' });
  const pending = ['engi-1', 'engi-2', 'engi-3'].map((id) => invitation(id, 'PENDING'));
  await store(tables, [...statesBefore.map(toObservation), summary('Low'), erased, ...pending]);
}

/** What changed between the full export and the last incremental one. */
export async function storeAfter(tables: StackTables): Promise<void> {
  const answered = [invitation('engi-1', 'ACCEPTED'), invitation('engi-2', 'REJECTED')];
  await store(tables, [...statesAfter.map(toObservation), summary('High'), ...answered]);
  const records = dynamodbRecordStore(tables.client(), tables.names.RECORDS_TABLE);
  const current = await records.current(erasedKey);
  if (!current) throw new Error('the record to erase is missing');
  const erased = eraseRecord(current, cause);
  await appendVersion(records, current, erased);
  await leaveOutbox(records, erased);
}

async function store({ client, names }: StackTables, observations: readonly Observation[]): Promise<void> {
  const records = dynamodbRecordStore(client(), names.RECORDS_TABLE);
  for (const observed of observations) {
    const current = await records.current(observed.key);
    const version = versionOf(observed, current);
    await appendVersion(records, current, version);
    await leaveOutbox(records, version);
  }
}

import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import type { Delivery } from '../../lambdas/core/delivery.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { intentOf } from '../../lambdas/core/intent.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import type { Link } from '../../lambdas/core/link.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { type Observation, restate } from '../../lambdas/core/version.ts';
import type { DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, leaveOutbox } from '../builders/append-version.ts';
import { endpoint } from '../builders/endpoints.ts';
import { engagementPayload } from '../builders/engagement-payloads.ts';
import { randomText } from '../builders/incompressible.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, type OpportunityOptions, opportunityPayload } from '../builders/payloads.ts';
import { engagementKey, messageIdFor, observation, opportunityKey, versionOf } from '../builders/versions.ts';
import type { StackTables } from './stack-tables.ts';

const opportunity = (options: OpportunityOptions & { readonly id: string }, more: JsonObject = {}) =>
  observation({
    key: { catalog: options.catalog ?? 'AWS', kind: 'opportunity', id: options.id },
    payload: { ...opportunityPayload(options), ...more },
  });

const invitation = (id: string, options: Parameters<typeof invitationPayload>[0]): Observation => {
  const key: RecordKey = { catalog: 'AWS', kind: 'engagement-invitation', id };
  return observation({ key, payload: invitationPayload({ ...options, id }) });
};

/** Reads in the order in which the table is filled. */
const observations: readonly Observation[] = [
  opportunity({ id: 'O1234567', lastModifiedDate: '2026-03-01T10:00:00Z' }),
  opportunity({ id: 'O1234567', lastModifiedDate: '2026-03-02T10:00:00Z', stage: 'Qualified' }),
  opportunity({
    id: 'O1234567',
    lastModifiedDate: '2026-03-03T10:00:00Z',
    stage: 'Qualified',
    title: 'Lake',
  }),
  // Too large for a map, so it is stored packed.
  opportunity(
    { id: 'O2000002', lastModifiedDate: '2026-02-20T10:00:00Z', companyName: 'Example Logistics' },
    { Notes: 'long '.repeat(40_000) },
  ),
  opportunity(
    {
      id: 'O3000003',
      lastModifiedDate: '2026-03-05T10:00:00.123456789Z',
      companyName: 'AnyCompany',
      stage: 'Qualified',
      targetCloseDate: '2026-06-30',
    },
    { PartnerOpportunityIdentifier: 'CRM-10023' },
  ),
  opportunity({
    id: 'O4000004',
    lastModifiedDate: '2026-02-28T23:59:59.999Z',
    companyName: 'AnyCompany',
    stage: 'Qualified',
    reviewStatus: 'Action Required',
    targetCloseDate: '2026-04-30',
  }),
  // Too large for one item, so it is stored in parts.
  opportunity(
    { id: 'O9000009', catalog: 'Sandbox', lastModifiedDate: '2026-03-09T10:00:00Z' },
    { Notes: randomText(500_000, 'notes') },
  ),
  opportunity(
    { id: 'O9000009', catalog: 'Sandbox', lastModifiedDate: '2026-03-10T10:00:00Z' },
    { Notes: randomText(500_000, 'new notes') },
  ),
  observation({
    key: { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1234567' },
    payload: awsSummaryPayload(),
  }),
  invitation('engi-later', { expirationDate: '2026-03-20T10:00:00Z', engagementId: 'eng-other' }),
  invitation('engi-soon', { expirationDate: '2026-03-10T10:00:00.5Z', engagementId: 'eng-abcdefgh123456' }),
  invitation('engi-undated', { expirationDate: null, engagementId: 'eng-other' }),
  invitation('engi-accepted', { status: 'ACCEPTED', engagementId: 'eng-abcdefgh123456' }),
  observation({ key: engagementKey, payload: engagementPayload() }),
];

/** Added to O4000004 after its read. */
const links: readonly Link[] = [{ kind: 'engagement', id: engagementKey.id, via: 'snapshot' }];

/** Due time of the one version that is not fanned out. */
const outboxDueAt: Instant = '2026-03-01T10:01:00.000Z';

async function fillRecords(store: RecordStore): Promise<void> {
  for (const observed of observations) {
    const current = await store.current(observed.key);
    const version = versionOf(observed, current);
    await stored(appendVersion(store, current, version, outboxDueAt));
    if (observed.key.id === 'engi-undated') await store.setAside(intentOf(version, outboxDueAt), outboxDueAt);
    else if (observed.key.id !== 'O3000003') await leaveOutbox(store, version);
  }
  const unlinked = await store.current({ catalog: 'AWS', kind: 'opportunity', id: 'O4000004' });
  const { type, topics, cause } = versionOf();
  if (!unlinked) throw new Error('O4000004 is missing');
  const linked = restate(unlinked, { type, topics, cause, links });
  await stored(appendVersion(store, unlinked, linked, outboxDueAt));
  await leaveOutbox(store, linked);
}

async function stored(outcome: ReturnType<typeof appendVersion>): Promise<void> {
  if ((await outcome) !== 'stored') throw new Error('a version was not stored');
}

/** Settlements of the deliveries of successive versions, an hour apart. The last one is pending. */
const settlements: readonly (Settlement | undefined)[] = [
  { status: 'delivered' },
  { status: 'exhausted', reason: 'no attempt is left' },
  undefined,
];

async function fillDeliveries(store: DeliveryStore): Promise<void> {
  for (const [index, settlement] of settlements.entries()) {
    const number = index + 1;
    const version = { ...opportunityKey, version: number };
    const id = `dlv_${String(number).padStart(32, '0')}` as const;
    const now: Instant = `2026-03-01T0${number}:00:00.000Z`;
    const delivery: Delivery = {
      id,
      messageId: messageIdFor(version),
      endpointId: 'ep_crm',
      version,
      wanted: true,
    };
    await store.add(delivery, now);
    const claimed = settlement && (await store.claim(id, now, '2026-03-01T09:00:00.000Z'));
    const attempt = { number: 1, startedAt: now, durationMs: 20, outcome: 'refused', status: 503 } as const;
    if (claimed) await store.settle(claimed, attempt, settlement);
  }
}

async function fillControl(client: DynamoDBClient, table: string): Promise<void> {
  const now: Instant = '2026-03-01T10:00:00.000Z';
  const ledger = { writer: 'example', writtenAt: now, nextFreeAt: now, closures: 0 };
  await dynamodbQuotaLedger(client, table, 'reads').write({ ...ledger, hours: { '2026-03-01T10': 42 } }, 0);
  const passes = dynamodbPassStore(client, table);
  for (const name of ['opportunities', 'engagements'] as const) {
    const claimed = await passes.claim({ catalog: 'AWS', name }, now, '2026-03-01T10:05:00.000Z', now);
    if (claimed) await passes.release(claimed, { watermark: now }, '2026-03-01T11:00:00.000Z');
  }
  await dynamodbSightings(client, table).recordDetailType('Opportunity Archived', now);
}

/** Fills the tables through the same adapters as the functions. */
export async function fillTables({ client, names }: StackTables): Promise<void> {
  await fillRecords(dynamodbRecordStore(client(), names.RECORDS_TABLE));
  await fillDeliveries(dynamodbDeliveryStore(client(), names.WEBHOOKS_TABLE));
  for (const id of ['ep_crm', 'ep_data'] as const) {
    const Item = toAttributes(endpointItem(endpoint({ id })));
    await client().send(new PutItemCommand({ TableName: names.WEBHOOKS_TABLE, Item }));
  }
  await fillControl(client(), names.CONTROL_TABLE);
}

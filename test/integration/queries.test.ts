import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ExecuteStatementCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import type { Link } from '../../lambdas/core/link.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { recordTable } from '../../lambdas/core/tables.ts';
import { type Observation, type RecordState, restated } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { startDynamoDb } from '../../local/host/dynamodb-engine.ts';
import { createTables, type TableDefinition, tableDefinitions } from '../../local/host/dynamodb-tables.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { readTemplate } from '../../local/host/template.ts';
import { engagementPayload } from '../builders/engagement-payloads.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, type OpportunityOptions, opportunityPayload } from '../builders/payloads.ts';
import { engagementKey, observation, versionOf } from '../builders/versions.ts';
import { synthesize, temporaryFolder } from '../infra/synthesized-stack.ts';
import { documentedQueries, queryInput, shellWords, substituted } from './readme-queries.ts';

const queries = documentedQueries(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'));

/** What each pattern finds among the records below, in this order. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'A record with its whole history': [
    'current',
    'version#0000000001',
    'version#0000000002',
    'version#0000000003',
  ],
  'What changed since a moment': ['O1234567', 'O3000003'],
  'Invitations that wait for an answer': ['engi-soon', 'engi-later', 'engi-undated'],
  'Opportunities of a stage that should close by a day': ['O4000004', 'O3000003'],
  'Opportunities of a customer': ['O1234567', 'O2000002'],
  'What belongs to an engagement': ['engi-accepted', 'engi-soon', 'eng-abcdefgh123456', 'O4000004'],
};

const opportunity = (options: OpportunityOptions & { readonly id: string }): Observation =>
  observation({
    key: { catalog: options.catalog ?? 'AWS', kind: 'opportunity', id: options.id },
    payload: opportunityPayload(options),
  });

const invitation = (id: string, options: Parameters<typeof invitationPayload>[0]): Observation => {
  const key: RecordKey = { catalog: 'AWS', kind: 'engagement-invitation', id };
  return observation({ key, payload: invitationPayload({ ...options, id }) });
};

/** Every read that the table is filled from; those of one record one after the other. */
const observations: readonly Observation[] = [
  opportunity({ id: 'O1234567', lastModifiedDate: '2026-03-01T10:00:00Z' }),
  opportunity({ id: 'O1234567', lastModifiedDate: '2026-03-02T10:00:00Z', stage: 'Qualified' }),
  opportunity({
    id: 'O1234567',
    lastModifiedDate: '2026-03-03T10:00:00Z',
    stage: 'Qualified',
    title: 'Lake',
  }),
  opportunity({ id: 'O2000002', lastModifiedDate: '2026-02-20T10:00:00Z', companyName: 'Example Logistics' }),
  opportunity({
    id: 'O3000003',
    lastModifiedDate: '2026-03-05T10:00:00.123456789Z',
    companyName: 'AnyCompany',
    stage: 'Qualified',
    targetCloseDate: '2026-06-30',
  }),
  opportunity({
    id: 'O4000004',
    lastModifiedDate: '2026-02-28T23:59:59.999Z',
    companyName: 'AnyCompany',
    stage: 'Qualified',
    targetCloseDate: '2026-04-30',
  }),
  opportunity({ id: 'O9000009', catalog: 'Sandbox', lastModifiedDate: '2026-03-09T10:00:00Z' }),
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

/** Learned of O4000004 after its read. */
const links: readonly Link[] = [{ kind: 'engagement', id: engagementKey.id, via: 'snapshot' }];

async function fill(store: RecordStore): Promise<void> {
  for (const observed of observations) {
    const current: RecordState | undefined = await store.current(observed.key);
    const stored = await store.append(current, versionOf(observed, current), '2026-03-01T10:01:00.000Z');
    expect(stored).toBe('stored');
  }
  const unlinked = await store.current({ catalog: 'AWS', kind: 'opportunity', id: 'O4000004' });
  const { type, topics, cause } = versionOf();
  const linked = unlinked && restated(unlinked, { type, topics, cause, links });
  expect(linked && (await store.append(unlinked, linked, '2026-03-01T10:01:00.000Z'))).toBe('stored');
}

/** The Records table as the template of the stack has it. */
function recordTableDefinition(): TableDefinition {
  const file = join(temporaryFolder(), 'PartnerCentralRelay.template.json');
  writeFileSync(file, JSON.stringify(synthesize().template.toJSON()));
  const [records, ...others] = tableDefinitions(readTemplate(file)).filter(({ input }) =>
    input.GlobalSecondaryIndexes?.some(
      ({ IndexName }) => IndexName === recordTable.indexes.byModification.name,
    ),
  );
  if (!records || others.length > 0) throw new Error('the template has not one Records table');
  return records;
}

const definition = recordTableDefinition();
const variables = { RECORDS_TABLE: definition.input.TableName };
let started: { readonly client: DynamoDBClient; readonly stop: () => Promise<void> } | undefined;

function client(): DynamoDBClient {
  if (!started) throw new Error('the engine did not start');
  return started.client;
}

beforeAll(async () => {
  const { endpoint, stop } = await startDynamoDb('auto');
  started = { client: new DynamoDBClient(clientSettings(endpoint)), stop };
  await createTables(client(), [definition]);
  await fill(dynamodbRecordStore(client(), variables.RECORDS_TABLE));
});

afterAll(async () => {
  started?.client.destroy();
  await started?.stop();
});

describe('the section of the README', () => {
  it('shows every index that people query by, and the table itself', () => {
    const { outbox: _, ...indexes } = recordTable.indexes;
    const used = queries.map(({ command }) => queryInput(shellWords(command, variables)).IndexName ?? 'none');
    expect(new Set(used)).toEqual(new Set(['none', ...Object.keys(indexes)]));
  });

  it('shows what is expected here, no more, no less', () => {
    expect(queries.map(({ purpose }) => purpose)).toEqual(Object.keys(expected));
  });

  it('is not taken for read where it says nothing', () => {
    expect(() => documentedQueries('# Partner Central Relay\n')).toThrow('no section');
    expect(() => documentedQueries('## Query the data\n\nSoon.\n')).toThrow('0 blocks');
    expect(() => documentedQueries('## Query the data\n\n**All**\n\n```sh\naws\n```\n')).toThrow(
      '1 blocks of code make 0 patterns',
    );
  });
});

/** Ids, or sort keys where all that is found is one record. */
function found(purpose: string, items: readonly Attributes[] = []): unknown[] {
  return items.map(fromAttributes).map(({ id, sk }) => (purpose.includes('history') ? sk : id));
}

describe('what is found', () => {
  it.each(queries)('$purpose, by the AWS CLI', async ({ purpose, command }) => {
    const query = new QueryCommand(queryInput(shellWords(command, variables)));
    const { Items } = await client().send(query);
    expect(found(purpose, Items)).toEqual(expected[purpose]);
  });

  it.each(queries)('$purpose, by PartiQL', async ({ purpose, statement }) => {
    const select = new ExecuteStatementCommand({ Statement: substituted(statement, variables) });
    const { Items } = await client().send(select);
    expect(found(purpose, Items)).toEqual(expected[purpose]);
  });
});

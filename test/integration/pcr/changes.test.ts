import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { describe, expect } from 'vitest';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { versionItemKey } from '../../../lambdas/core/tables.ts';
import { awsSummaryPayload } from '../../builders/payloads.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { pcrTest } from './pcr-test.ts';
import type { PcrUnderTest } from './pcr-under-test.ts';
import { dealOn, observedAt, storeHistory } from './stored-history.ts';

const test = pcrTest([]);

const history = [
  dealOn('2026-02-20', 'O1000001', { stage: 'Prospect', companyName: 'AnyCompany' }),
  dealOn('2026-03-01', 'O1000002', { stage: 'Prospect' }),
  dealOn('2026-03-02', 'O1000001', { stage: 'Qualified', companyName: 'AnyCompany' }),
  dealOn('2026-03-03', 'O1000002', { stage: 'Prospect', title: 'Lake' }),
  dealOn('2026-03-03', 'O3000003', { catalog: 'Sandbox' }),
  observedAt(
    '2026-03-02T18:00:00.000Z',
    { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1000001' },
    awsSummaryPayload(),
  ),
];

const rows = v.array(v.object({ kind: v.string(), id: v.string(), version: v.number() }));

/** The versions that a command line prints, in their order: `O1000001 2`. */
async function printed(pcr: PcrUnderTest, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await pcr.run('changes', ...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('error') });
  return v.parse(rows, JSON.parse(out)).map(({ id, version }) => `${id} ${version}`);
}

async function onTable(pcr: PcrUnderTest): Promise<void> {
  pcr.clock = manualClock('2026-03-05T10:00:00.000Z');
  await storeHistory(pcr.relay, history);
}

describe('pcr changes', () => {
  test('prints what the deals changed in the last seven days, the newest first', async ({ pcr }) => {
    await onTable(pcr);
    const { code, out } = await pcr.run('changes');
    expect(code).toBe(0);
    const [heading, ...lines] = out.split('\n');
    expect(heading).toBe('WHEN                  ID        VERSION  CUSTOMER      TITLE          CHANGES');
    expect(lines).toEqual([
      '2026-03-03T12:00:00Z  O1000002  2        Example Corp  Lake           /Project/Title Data platform → Lake',
      '2026-03-02T12:00:00Z  O1000001  2        AnyCompany    Data platform  /LifeCycle/Stage Prospect → Qualified',
      '2026-03-01T12:00:00Z  O1000002  1        Example Corp  Data platform  opportunity.created',
    ]);
  });

  test('prints the changes with their values, topics and cause with --json', async ({ pcr }) => {
    await onTable(pcr);
    const { out } = await pcr.run('changes', '--since', '2026-03-02', '--json');
    expect(JSON.parse(out)).toMatchObject([
      { id: 'O1000002', title: 'Lake', customerName: 'Example Corp' },
      {
        catalog: 'AWS',
        kind: 'opportunity',
        id: 'O1000001',
        version: 2,
        knownAt: '2026-03-02T12:00:00.000Z',
        topics: ['opportunity.updated', 'opportunity.stage_changed'],
        changes: [
          { path: '/LastModifiedDate' },
          { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
        ],
        cause: { detailType: 'Opportunity Updated' },
      },
    ]);
  });

  test('takes a time, a topic, a kind, a catalog and a limit', async ({ pcr }) => {
    await onTable(pcr);
    expect(await printed(pcr, '--since', '30d')).toHaveLength(4);
    expect(await printed(pcr, '--since', '2026-03-02T12:00:00.001Z')).toEqual(['O1000002 2']);
    expect(await printed(pcr, '--topic', 'opportunity.stage_changed')).toEqual(['O1000001 2']);
    expect(await printed(pcr, '--topic', '*.created')).toEqual(['O1000001 1', 'O1000002 1']);
    expect(await printed(pcr, '--kind', 'aws-opportunity-summary')).toEqual(['O1000001 1']);
    expect(await printed(pcr, '--topic', '*', '--since', '2026-03-02')).toEqual([
      'O1000002 2',
      // AWS's side of it, later on the same day.
      'O1000001 1',
      'O1000001 2',
    ]);
    expect(await printed(pcr, '--catalog', 'Sandbox')).toEqual(['O3000003 1']);
    expect(await printed(pcr, '--limit', '1')).toEqual(['O1000002 2']);
    expect(pcr.notes()).toEqual(['There are more than these 1: add --limit, or narrow it down.']);
    expect((await pcr.run('changes', '--since', '1h')).err).toBe('No change since 2026-03-05T09:00:00.000Z.');
  });

  test('marks a version that was edited by hand, and prints the others', async ({ pcr }) => {
    await onTable(pcr);
    const { dynamodb } = pcr.relay.clients;
    const TableName = pcr.relay.output('RecordsTableName');
    const Key = toAttributes(
      versionItemKey({ catalog: 'AWS', kind: 'opportunity', id: 'O1000001', version: 2 }),
    );
    const { Item = {} } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
    const item = { ...fromAttributes(Item), payload: 'a text' };
    await dynamodb.send(new PutItemCommand({ TableName, Item: toAttributes(item) }));
    const { code, out } = await pcr.run('changes', '--since', '2026-03-02');
    expect(code).toBe(0);
    expect(out).toMatch(/O1000002 {2}2 .*Lake$/m);
    expect(out).toMatch(/O1000001 {2}2 .*unreadable$/m);
  });

  test.for([
    [
      ['--since', '2025-03-01'],
      '--since 2025-03-01T00:00:00.000Z: more than 366 days ago; allowed: 2025-03-04',
    ],
    [
      ['--kind', 'engagement', '--topic', 'opportunity.*'],
      '--topic opportunity.*: records of kind engagement have no such topic; allowed: engagement.created, ',
    ],
  ] as const)('is refused with %j', async ([args, problem], { pcr }) => {
    await onTable(pcr);
    const { code, out, err } = await pcr.run('changes', ...args);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(problem) });
  });
});

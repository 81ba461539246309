import { describe, expect } from 'vitest';
import { exportKinds, exportNames } from '../../../bin/pcr/export/export-kinds.ts';
import { randomText } from '../../builders/incompressible.ts';
import { queryDuckDb, readExport, textOf } from './exported-files.ts';
import { amount, exported, history, secret, storeDelivery } from './exported-history.ts';
import { pcrTest } from './pcr-test.ts';
import { dealOn, storeHistory } from './stored-history.ts';

const test = pcrTest();

describe('pcr export', () => {
  test('deals have AWS and the partner in one row, and an amount of 31 digits', async ({ pcr }) => {
    await storeHistory(pcr.relay, history);
    expect(await readExport(await exported(pcr, 'deals', '--personal-data'))).toEqual([
      {
        catalog: 'AWS',
        id: 'O1000001',
        partner_id: `${secret}-1`,
        title: `=${secret}`,
        customer: `${secret} Corp`,
        stage: 'Closed Lost',
        review_status: null,
        close_date: null,
        amount: `${amount}0000`,
        currency: 'USD',
        next_steps: `Call ${secret}`,
        owner: `${secret}@partner.example.com`,
        account_manager: `${secret}@aws.example.com`,
        aws_stage: 'Qualified',
        aws_score: 'High',
        origin: 'Partner Referral',
        closed_lost_reason: 'Price',
        engagement_id: null,
        created_at: '2026-02-01 09:00:00',
        modified_at: '2026-03-02 12:00:00',
        version: '2',
        erased: false,
      },
    ]);
  });

  test('each format has the same values, with all digits of an amount', async ({ pcr }) => {
    await storeHistory(pcr.relay, history);
    const csv = await exported(pcr, 'deals', '--personal-data', '--format', 'csv');
    const [fromCsv] = await readExport(csv, 'csv');
    // A spreadsheet would run a text that begins like a formula.
    expect(fromCsv).toMatchObject({ amount, title: `'=${secret}`, erased: 'false', version: '2' });
    const ndjson = await exported(pcr, 'deals', '--personal-data', '--format', 'ndjson');
    expect(textOf(ndjson)).toContain(`"amount":${amount},`);
    expect(await readExport(ndjson, 'ndjson')).toMatchObject([
      { id: 'O1000001', title: `=${secret}`, erased: false, version: '2', review_status: null },
    ]);
  });

  test('the columns of a Parquet file have the documented names and types', async ({ pcr }) => {
    const types = {
      text: 'VARCHAR',
      integer: 'BIGINT',
      number: 'DOUBLE',
      amount: 'DECIMAL(38,6)',
      day: 'DATE',
      time: 'TIMESTAMP',
      boolean: 'BOOLEAN',
    };
    for (const name of exportNames) {
      // Without any row there is still a file, which a pattern of names finds.
      const folder = await exported(pcr, name);
      const described = await queryDuckDb(`DESCRIBE SELECT * FROM '${folder}/*.parquet'`);
      expect(described.map((row) => [row['column_name'], row['column_type']])).toEqual(
        Object.entries(exportKinds[name].columns).map(([column, { type }]) => [column, types[type]]),
      );
    }
  });

  test('a change is a row with its values, and a version without changes is one too', async ({ pcr }) => {
    await storeHistory(pcr.relay, history);
    const rows = await readExport(await exported(pcr, 'changes', '--personal-data'));
    const [created] = rows.filter(({ version }) => version === '1');
    expect(created).toMatchObject({ path: null, before: null, type: 'opportunity.created' });
    expect(rows.filter(({ version }) => version === '1')).toHaveLength(1);
    expect(rows.find(({ path }) => path === '/LifeCycle/Stage')).toMatchObject({
      catalog: 'AWS',
      kind: 'opportunity',
      id: 'O1000001',
      version: '2',
      changed_at: '2026-03-02 12:00:00',
      known_at: '2026-03-02 12:00:00',
      topics: expect.stringContaining('opportunity.stage_changed'),
      before: '"Prospect"',
      after: '"Closed Lost"',
      cause: 'Opportunity Updated',
    });
  });

  test('payloads that are packed or in parts are read', async ({ pcr }) => {
    const states = ['Prospect', 'Qualified'].flatMap((stage, index) => [
      dealOn(`2026-03-0${index + 1}`, 'O2000002', { stage }, { Notes: 'long '.repeat(40_000 + index) }),
      dealOn(`2026-03-0${index + 1}`, 'O9000009', { stage }, { Notes: randomText(500_000, stage) }),
    ]);
    await storeHistory(pcr.relay, states);
    const deals = await readExport(await exported(pcr, 'deals'));
    expect(deals.map(({ id, stage }) => [id, stage])).toEqual([
      ['O2000002', 'Qualified'],
      ['O9000009', 'Qualified'],
    ]);
    const stages = await readExport(await exported(pcr, 'stages'));
    expect(stages.map(({ id, stage, days }) => [id, stage, days])).toEqual([
      ['O2000002', 'Prospect', 1],
      ['O2000002', 'Qualified', null],
      ['O9000009', 'Prospect', 1],
      ['O9000009', 'Qualified', null],
    ]);
    const changes = await readExport(await exported(pcr, 'changes'));
    expect(changes.filter(({ path }) => path === '/Notes').map(({ id }) => id)).toEqual([
      'O2000002',
      'O9000009',
    ]);
  });

  test('a delivery has its record and its last attempt', async ({ pcr }) => {
    await storeDelivery(pcr, 1);
    await storeDelivery(pcr, 2);
    const folder = await exported(pcr, 'deliveries', '--since', '2026-03-02', '--personal-data');
    expect(await readExport(folder)).toMatchObject([
      {
        endpoint_id: 'ep_crm',
        record_id: 'O1234567',
        version: '2',
        status: 'exhausted',
        attempts: '1',
        created_at: '2026-03-02 10:00:00',
        last_outcome: 'refused',
        last_http_status: '400',
        last_duration_ms: 20,
        last_answer: `no ${secret}`,
      },
    ]);
  });

  test('changes can be limited to a time, a kind and a catalog', async ({ pcr }) => {
    await storeHistory(pcr.relay, [...history, dealOn('2026-03-03', 'O3000003', { catalog: 'Sandbox' })]);
    const versions = async (...args: readonly string[]) => {
      const rows = await readExport(await exported(pcr, 'changes', ...args));
      return [...new Set(rows.map(({ kind, id, version }) => [kind, id, version].map(String).join(' ')))];
    };
    expect(await versions('--since', '2026-03-02')).toEqual(['opportunity O1000001 2']);
    expect(await versions('--kind', 'aws-opportunity-summary')).toEqual([
      'aws-opportunity-summary O1000001 1',
    ]);
    expect(await versions('--catalog', 'Sandbox')).toEqual(['opportunity O3000003 1']);
  });
});

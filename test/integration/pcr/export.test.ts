import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect } from 'vitest';
import { exportKinds, exportNames } from '../../../bin/pcr/export/export-kinds.ts';
import { exportFormats } from '../../../bin/pcr/export/row-encoder.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { randomText } from '../../builders/incompressible.ts';
import { awsSummaryPayload, spend, teamMember } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { dataFilesIn, queryDuckDb, readExport, textOf } from './exported-files.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest, storeOpportunities } from './pcr-under-test.ts';
import { dealOn, observedAt, storeHistory } from './stored-history.ts';

const test = pcrTest();

const amount = '1234567890123456789012345678901.23';
const secret = 'Rosalind';

/** A deal with AWS's side of it, whose names, texts and amount are personal data. */
const history = [
  dealOn('2026-03-01', 'O1000001', { title: `${secret}'s lake`, companyName: `${secret} Corp`, amount: '1' }),
  dealOn(
    '2026-03-02',
    'O1000001',
    { stage: 'Closed Lost', title: `=${secret}`, companyName: `${secret} Corp`, nextSteps: `Call ${secret}` },
    {
      PartnerOpportunityIdentifier: `${secret}-1`,
      Project: { Title: `=${secret}`, ExpectedCustomerSpend: [spend(amount)] },
      LifeCycle: { Stage: 'Closed Lost', ClosedLostReason: 'Price', NextSteps: `Call ${secret}` },
      OpportunityTeam: [teamMember('Opportunity Owner', `${secret}@partner.example.com`, secret)],
    },
  ),
  observedAt(
    '2026-03-02T12:00:00.000Z',
    { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1000001' },
    {
      ...awsSummaryPayload({ engagementScore: 'High', lifeCycle: { Stage: 'Qualified' } }),
      OpportunityTeam: [teamMember('AWS Sales Rep', `${secret}@aws.example.com`, secret)],
    },
  ),
];

async function exported(pcr: PcrUnderTest, ...args: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'out');
  const { code, err } = await pcr.run('export', ...args, '--out', folder);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return folder;
}

async function storeDelivery({ store }: PcrUnderTest, version: number): Promise<void> {
  const now = `2026-03-0${version}T10:00:00.000Z` as const;
  const delivery = deliveryOf({ ...opportunityKey, version }, 'ep_crm');
  await store.add(delivery, now);
  const claimed = await store.claim(delivery.id, now, '2026-03-09T10:00:00.000Z');
  const attempt = { number: 1, startedAt: now, durationMs: 20, outcome: 'refused', status: 400 } as const;
  if (!claimed) throw new Error(`${delivery.id} was not claimed`);
  await store.settle(
    claimed,
    { ...attempt, answer: `no ${secret}` },
    { status: 'exhausted', reason: 'done' },
  );
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

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

  test.for(exportNames)('%s contain no personal data unless it is wanted', async (name, { pcr }) => {
    await storeHistory(pcr.relay, history);
    await storeDelivery(pcr, 1);
    const personal = Object.entries(exportKinds[name].columns).filter(([, column]) => column.personal);
    for (const format of exportFormats) {
      const folder = await exported(pcr, name, '--format', format);
      expect(textOf(folder)).not.toMatch(new RegExp(`${secret}|12345678901234567890`));
      expect(pcr.notes().join('\n').includes('Personal data is left out')).toBe(personal.length > 0);
    }
    const isPersonal = personal.length > 0;
    const rows = await readExport(await exported(pcr, name, ...(isPersonal ? ['--personal-data'] : [])));
    for (const [column] of personal)
      expect(
        rows.some((row) => row[column] !== null),
        column,
      ).toBe(true);
    const without = await readExport(await exported(pcr, name));
    for (const [column, { personal: how }] of personal)
      if (how === 'yes')
        expect(
          without.every((row) => row[column] === null),
          column,
        ).toBe(true);
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

  test('items that were edited by hand are named, counted and left out', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 2, 2);
    const TableName = pcr.relay.output('RecordsTableName');
    const spoil = (sk: string) =>
      pcr.relay.clients.dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: toAttributes({ pk: 'AWS/opportunity/O1000001', sk, payload: `${secret} was here` }),
        }),
      );
    await spoil('current');
    await spoil('version#0000000002');
    const ids = async (name: string) => (await readExport(await exported(pcr, name))).map(({ id }) => id);
    expect(await ids('deals')).toEqual(['O1000002']);
    expect(pcr.notes().join('\n')).toMatch(/^AWS\/opportunity\/O1000001 current: catalog: missing; allowed/m);
    expect(pcr.notes().join('\n')).toContain('1 item left out');
    expect(await ids('stages')).toEqual(['O1000001', 'O1000002', 'O1000002']);
    expect(pcr.notes().join('\n')).toContain('AWS/opportunity/O1000001 version#0000000002: ');
    expect(new Set(await ids('changes'))).toEqual(new Set(['O1000001', 'O1000002']));
    expect(pcr.notes().join('\n')).not.toContain(secret);
  });

  test('only the user can read the files', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 1, 1);
    const folder = await exported(pcr, 'deals');
    expect(modeOf(folder)).toBe(0o700);
    for (const name of [...dataFilesIn(folder), 'export.json'])
      expect(modeOf(join(folder, name))).toBe(0o600);
  });

  test('prints what it has written as JSON with --json', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 3, 1);
    const folder = join(temporaryFolder(), 'out');
    const { out } = await pcr.run('export', 'deals', '--out', folder, '--rows-per-file', '2', '--json');
    expect(JSON.parse(out)).toMatchObject({
      folder,
      rows: 3,
      files: [
        { name: 'deals-00001.parquet', rows: 2 },
        { name: 'deals-00002.parquet', rows: 1 },
      ],
      finishedAt: expect.stringMatching(/Z$/),
      unreadable: 0,
    });
    expect(JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'))).toMatchObject({ export: 'deals' });
  });

  test.for([
    ['a file', (path: string) => writeFileSync(path, ''), 'it is not a folder'],
    ['below a file', undefined, 'it cannot be created (ENOTDIR)'],
  ] as const)('a folder that is %s is refused', async ([, make, reason], { pcr }) => {
    const file = join(temporaryFolder(), 'out');
    writeFileSync(file, '');
    make?.(file);
    const out = make ? file : join(file, 'below');
    const { code, err } = await pcr.run('export', 'deals', '--out', out);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`--out ${out}: ${reason}; allowed: `),
    });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('a folder with other files, or with an export, is refused and stays unchanged', async ({ pcr }) => {
    const other = temporaryFolder();
    writeFileSync(join(other, 'letter.txt'), 'mine');
    const refused = await pcr.run('export', 'deals', '--out', other);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('it is not empty; allowed: ') });
    expect(dataFilesIn(other)).toEqual(['letter.txt']);
    const folder = await exported(pcr, 'deals');
    const state = readFileSync(join(folder, 'export.json'), 'utf8');
    expect(await pcr.run('export', 'stages', '--out', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`it holds an export, which \`pcr export resume ${folder}\` continues`),
    });
    expect(readFileSync(join(folder, 'export.json'), 'utf8')).toBe(state);
    expect(dataFilesIn(folder)).toEqual(['deals-00001.parquet']);
  });
});

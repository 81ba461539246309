import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as v from 'valibot';
import { describe, expect } from 'vitest';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, spend, teamMember } from '../../builders/payloads.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { businessQuestions } from '../business-questions.ts';
import { queryDuckDb } from './exported-files.ts';
import { pcrTest } from './pcr-test.ts';
import type { PcrUnderTest } from './pcr-under-test.ts';
import { dealOn, observedAt, storeHistory } from './stored-history.ts';

/*
 * The answers of the ten questions of docs/queries.md. npm has no package of the program `duckdb`:
 * the statements run in the same engine, which `@duckdb/node-api` holds.
 */

const { exports, questions } = businessQuestions(readFileSync('docs/queries.md', 'utf8'));

const today = '2026-05-15';
const inEuro = (Amount: string) => ({
  Project: { Title: 'Archive', ExpectedCustomerSpend: [{ ...spend(Amount), CurrencyCode: 'EUR' }] },
});
const managed = (id: string, email: string) =>
  observedAt(
    '2026-05-01T12:00:00.000Z',
    { catalog: 'AWS', kind: 'aws-opportunity-summary', id },
    {
      ...awsSummaryPayload({ opportunityId: id }),
      OpportunityTeam: [teamMember('AWS Account Owner', email, 'Ana')],
    },
  );
const invitation = (id: string, expirationDate: string, status = 'PENDING') =>
  observedAt(
    '2026-05-01T12:00:00.000Z',
    { catalog: 'AWS', kind: 'engagement-invitation', id },
    invitationPayload({ id, expirationDate, status }),
  );

const history = [
  dealOn('2026-02-10', 'O1000001', { stage: 'Prospect' }),
  dealOn('2026-03-01', 'O1000001', { stage: 'Qualified' }),
  dealOn('2026-04-10', 'O1000001', { stage: 'Committed' }),
  dealOn('2026-05-02', 'O1000001', { stage: 'Launched' }),
  dealOn('2026-03-20', 'O1000002', { stage: 'Prospect' }),
  dealOn('2026-04-20', 'O1000002', { stage: 'Closed Lost' }),
  dealOn('2026-01-05', 'O1000003', { stage: 'Prospect' }),
  dealOn('2026-03-15', 'O1000003', { stage: 'Launched' }),
  dealOn(
    '2026-04-01',
    'O1000004',
    { companyName: 'AnyCompany', targetCloseDate: '2026-05-20', nextSteps: 'Send the offer' },
    inEuro('1234567890123456789012345678901.23'),
  ),
  dealOn('2026-05-10', 'O1000005', { amount: '500.5' }),
  dealOn('2026-05-13', 'O1000005', {
    stage: 'Qualified',
    amount: '500.5',
    targetCloseDate: '2026-05-25',
    nextSteps: 'Call',
  }),
  dealOn('2026-03-10', 'O1000006', { stage: 'Technical Validation', amount: '250' }),
  dealOn('2026-05-12', 'O1000006', { stage: 'Technical Validation', amount: '250', title: 'Lake' }),
  dealOn('2026-05-14', 'O1000007', { catalog: 'Sandbox', stage: 'Launched' }),
  managed('O1000005', 'ana@aws.example.com'),
  managed('O1000006', 'zoe@aws.example.com'),
  invitation('engi-soon', '2026-05-18T10:00:00Z'),
  invitation('engi-later', '2026-06-20T10:00:00Z'),
  invitation('engi-accepted', '2026-05-18T10:00:00Z', 'ACCEPTED'),
];

const pipeline = [
  ['2026-02-20', 'Prospect', 2],
  ['2026-02-27', 'Prospect', 2],
  ['2026-03-06', 'Prospect', 1],
  ['2026-03-06', 'Qualified', 1],
  ...['2026-03-13', '2026-03-20', '2026-03-27'].flatMap((day) => [
    [day, 'Prospect', 1],
    [day, 'Qualified', 1],
    [day, 'Technical Validation', 1],
  ]),
  ['2026-04-03', 'Prospect', 2],
  ['2026-04-03', 'Qualified', 1],
  ['2026-04-03', 'Technical Validation', 1],
  ...['2026-04-10', '2026-04-17'].flatMap((day) => [
    [day, 'Committed', 1],
    [day, 'Prospect', 2],
    [day, 'Technical Validation', 1],
  ]),
  ...['2026-04-24', '2026-05-01'].flatMap((day) => [
    [day, 'Committed', 1],
    [day, 'Prospect', 1],
    [day, 'Technical Validation', 1],
  ]),
  ['2026-05-08', 'Prospect', 1],
  ['2026-05-08', 'Technical Validation', 1],
  ['2026-05-15', 'Prospect', 1],
  ['2026-05-15', 'Qualified', 1],
  ['2026-05-15', 'Technical Validation', 1],
];

const owner = 'owner@partner.example.com';

/** Rows of a statement, or the ids that a command prints. Counted by hand from the history. */
const answers: Readonly<Record<string, readonly unknown[]>> = {
  '1. Which deals were closed this quarter?': [
    ['O1000002', 'Closed Lost', '2026-04-20 12:00:00'],
    ['O1000001', 'Launched', '2026-05-02 12:00:00'],
  ],
  '2. What has changed this week?': ['O1000005', 'O1000006', 'O1000005'],
  '3. How has the pipeline developed?': pipeline,
  '4. Which open deals have been idle for 30 days?': [
    ['O1000004', 'AnyCompany', 'Prospect', owner, '2026-04-01 12:00:00'],
  ],
  '5. Which invitations expire soon?': ['engi-soon'],
  '6. Which next steps are due?': [
    ['O1000004', '2026-05-20', owner, 'Send the offer'],
    ['O1000005', '2026-05-25', owner, 'Call'],
  ],
  '7. Who is the AWS manager of each deal?': [
    ['O1000005', 'Example Corp', 'Qualified', 'ana@aws.example.com'],
    ['O1000006', 'Example Corp', 'Technical Validation', 'zoe@aws.example.com'],
    ['O1000004', 'AnyCompany', 'Prospect', null],
  ],
  '8. What is the win rate?': [
    ['2026-01-01', 1, 0, 1],
    ['2026-04-01', 1, 1, 0.5],
  ],
  '9. How long do deals stay in a stage?': [
    ['Committed', 0, null, 22],
    ['Prospect', 1, 44, 30.5],
    ['Qualified', 1, 2, 40],
    ['Technical Validation', 1, 66, null],
  ],
  '10. How much revenue is expected, by currency?': [
    ['EUR', 1, '1234567890123456789012345678901.230000'],
    ['USD', 2, '750.500000'],
  ],
};

const test = pcrTest([]);
const ids = v.array(v.object({ id: v.string() }));

describe('docs/queries.md', () => {
  const folder = temporaryFolder();
  const inFolder = (text: string) =>
    text.replaceAll(/\bexport\/(?=deals|stages)/g, `${join(folder, 'export')}/`);
  const wordsOf = (command: string) => inFolder(command).split(' ').slice(1);

  async function answerOf({ answer }: (typeof questions)[number], pcr: PcrUnderTest): Promise<unknown> {
    if ('command' in answer) {
      const { code, out, err } = await pcr.run(...wordsOf(answer.command), '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return v.parse(ids, JSON.parse(out)).map(({ id }) => id);
    }
    const engine = await (await DuckDBInstance.create(':memory:')).connect();
    // The history has a day of its own, so that no result depends on the clock.
    const statement = answer.statement.replaceAll('current_date', `DATE '${today}'`);
    const rows = (await engine.runAndReadAll(inFolder(statement))).getRowsJson();
    return rows.map((row) =>
      row.map((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)),
    );
  }

  test('each of the ten business questions has the answer that was counted by hand', async ({ pcr }) => {
    pcr.clock = manualClock(`${today}T12:00:00.000Z`);
    await storeHistory(pcr.relay, history);
    for (const command of exports) expect(await pcr.run(...wordsOf(command))).toMatchObject({ code: 0 });
    const given = [];
    for (const question of questions) given.push([question.title, await answerOf(question, pcr)]);
    expect(given).toEqual(Object.entries(answers));
  });
});

test('the statement of docs/export.md counts the deals of each stage', async ({ pcr }) => {
  await storeHistory(pcr.relay, history);
  const out = join(temporaryFolder(), 'deals');
  expect(await pcr.run('export', 'deals', '--out', out)).toMatchObject({ code: 0 });
  const [, statement = ''] = /^```sql\n(.+?)^```$/ms.exec(readFileSync('docs/export.md', 'utf8')) ?? [];
  const counts = await queryDuckDb(`${statement.replace('export/deals', out)} ORDER BY stage`);
  expect(counts.map((row) => Object.values(row))).toEqual([
    ['Closed Lost', '1'],
    ['Launched', '2'],
    ['Prospect', '1'],
    ['Qualified', '1'],
    ['Technical Validation', '1'],
  ]);
});

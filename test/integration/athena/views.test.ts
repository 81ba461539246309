import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeUnless } from '../../describe-unless.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { useStackTables } from '../stack-tables.ts';
import { erasedTitle, storeFirst, storeSecond, storeThird } from './deal-history.ts';
import { athenaFiles, type OpenViews, openDuckDbViews, type Row, viewFiles } from './duckdb-views.ts';
import { expectedViews } from './expected-views.ts';
import { fullLines, incrementalLines, type Snapshot, scanRecords, writeExport } from './exported-files.ts';
import { runOnTrino } from './trino-views.ts';

const tables = useStackTables();
const folder = temporaryFolder();
let last: Snapshot = new Map();
let views: OpenViews | undefined;
const run = async (sql: string) => (await views?.run(sql)) ?? [];

beforeAll(async () => {
  await storeFirst(tables);
  const first = await scanRecords(tables);
  await storeSecond(tables);
  const second = await scanRecords(tables);
  await storeThird(tables);
  last = await scanRecords(tables);
  writeExports(first, second);
  views = await openDuckDbViews(folder);
});
afterAll(() => views?.close());

/** The exports of some weeks: an older chain, the newest one, and what must not be read yet. */
function writeExports(first: Snapshot, second: Snapshot): void {
  const chain = '2026-02-03T00-00-00Z';
  const edited = (from: string, to: string) => fullLines(last).map((line) => line.replaceAll(from, to));
  // Records that are gone, such as those of a table before a restore.
  const gone = edited('O1000001', 'O9999999');
  writeExport(folder, { chain: '2026-01-06T00-00-00Z', id: '01-old', kind: 'full', lines: gone });
  writeExport(folder, { chain, id: '02-full', kind: 'full', lines: fullLines(first) });
  const increment = incrementalLines(first, second, 1_770_800_000_000_000);
  // AWS exports a window again if the client token is older than eight hours.
  for (const id of ['03-increment', '04-increment'])
    writeExport(folder, { chain, id, kind: 'incremental', lines: increment });
  const lines = incrementalLines(second, last, 1_771_700_000_000_000);
  writeExport(folder, { chain, id: '05-increment', kind: 'incremental', lines });
  const unfinished = { lines: edited('Launched', 'Prospect'), isComplete: false };
  writeExport(folder, { chain, id: '06-increment', kind: 'incremental', ...unfinished });
  writeExport(folder, { chain: '2026-03-03T00-00-00Z', id: '07-full', kind: 'full', ...unfinished });
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sorted = (rows: readonly Row[]): readonly Row[] => rows.toSorted(byText);
const cases = Object.entries(expectedViews).map(([name, view]) => ({ name, ...view }));

describe('the views for Athena, on DuckDB', () => {
  it('have each item of the table once, in its newest image, and none that was deleted', async () => {
    const rows = await run('SELECT item FROM relay_items');
    const items = rows.map(([item]): unknown => JSON.parse(item ?? ''));
    const expected = fullLines(last).map((line): unknown => JSON.parse(line).Item);
    expect(expected.length).toBeGreaterThan(30);
    expect(items.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  it('have a row for each current item and each version, and no other', async () => {
    const rows = await run('SELECT pk, sk FROM relay_records');
    const expected = [...last.values()]
      .filter(({ kind }) => kind !== undefined)
      .map(({ pk, sk }) => [pk?.S, sk?.S]);
    expect(rows.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  it.each(cases)('$name has the rows that the history of the deals has', async ({ query, rows }) => {
    expect(rows).not.toEqual([]);
    expect((await run(query)).toSorted(byText)).toEqual(rows.toSorted(byText));
  });

  it('do not have what was erased, although the files of the full export have it', async () => {
    const inFiles = await run(`SELECT 1 FROM relay_export WHERE line LIKE '%${erasedTitle}%'`);
    expect(inFiles).not.toEqual([]);
    for (const name of ['relay_items', ...Object.keys(expectedViews)]) {
      const rows = await run(`SELECT * FROM ${name}`);
      expect(rows).not.toEqual([]);
      expect(JSON.stringify(rows), name).not.toContain(erasedTitle);
    }
  });

  it('name which rows have content that only the table has', async () => {
    const rows = await run(
      "SELECT id, sk FROM relay_records WHERE (packed IS NOT NULL OR payload_parts IS NOT NULL) AND sk = 'current'",
    );
    expect(rows).toEqual([['O4000004', 'current']]);
  });
});

const verified = v.parse(
  v.object({ engine: v.string(), files: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync(new URL('verified-on-trino.json', import.meta.url), 'utf8')),
);

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

it(`each view is as it was when ${verified.engine} returned the same rows`, () => {
  const digests = viewFiles.map(({ name, text }) => [name, digestOf(text)]);
  expect(digests.length).toBeGreaterThan(10);
  expect(verified.files, 'run this file with TRINO_CLASSPATH, then record these digests').toEqual(
    Object.fromEntries(digests),
  );
});

it('every file for Athena has one statement, as Athena demands, and a number for its order', () => {
  expect(athenaFiles.map(({ name }) => name.slice(0, 2))).toEqual(
    athenaFiles.map((_, index) => String(index + 1).padStart(2, '0')),
  );
  for (const { name, text } of athenaFiles) expect(text, name).not.toContain(';');
});

const classpath = process.env['TRINO_CLASSPATH'];
const missing = classpath === undefined ? 'TRINO_CLASSPATH names no jars of Trino' : undefined;

describeUnless(missing, 'the views for Athena, on Trino', () => {
  it('have the same rows as on DuckDB', { timeout: 600_000 }, () => {
    const found = runOnTrino(
      classpath ?? '',
      folder,
      cases.map(({ query }) => query),
    );
    expect(found.map(sorted)).toEqual(cases.map(({ rows }) => sorted(rows)));
  });
});

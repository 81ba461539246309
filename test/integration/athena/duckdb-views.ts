import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = new URL('../../../docs/athena/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export interface SqlFile {
  readonly name: string;
  readonly text: string;
}

/** The statements of docs/athena, in their order. */
export const athenaFiles: readonly SqlFile[] = readdirSync(folder)
  .filter((name) => /^\d\d-\w+\.sql$/.test(name))
  .toSorted()
  .map((name) => ({ name, text: read(name) }));

/** Those that create the views: all but the first, which creates the table. */
export const viewFiles = athenaFiles.slice(1);

export type Row = readonly (string | null)[];

/** Runs a query over the views. Each value is text, as JSON has it. */
export type RunQuery = (sql: string) => Promise<readonly Row[]>;

export interface OpenViews {
  readonly run: RunQuery;
  readonly close: () => void;
}

/** The type has another name in DuckDB. docs/analytics.md says so. */
const toDuckDb = (text: string): string => text.replaceAll('array(json)', 'JSON[]');

function toText(value: unknown): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Creates the views in DuckDB over the exports in a folder, as docs/analytics.md says. */
export async function openDuckDbViews(exports: string): Promise<OpenViews> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  // The views must not depend on the time zone of the session, which is that of the machine.
  await connection.run("SET TimeZone = 'America/New_York'");
  await connection.run(read('duckdb.sql').replaceAll('EXPORT_FOLDER', exports));
  for (const { text } of viewFiles) await connection.run(toDuckDb(text));
  return {
    async run(sql) {
      const rows = await connection.runAndReadAll(toDuckDb(sql));
      return rows.getRowsJson().map((row) => row.map(toText));
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

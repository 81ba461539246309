import { readdirSync, readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

const folder = new URL('../../../docs/athena/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export interface SqlFile {
  readonly name: string;
  readonly text: string;
}

/** The statements for Athena, in their order. */
export const athenaFiles: readonly SqlFile[] = readdirSync(folder)
  .filter((name) => /^\d\d-\w+\.sql$/.test(name))
  .toSorted()
  .map((name) => ({ name, text: read(name) }));

/** Athena has a name for a type that DuckDB writes in another way. */
function toDuckDb(text: string): string {
  return text.replaceAll('array(json)', 'JSON[]');
}

export interface AthenaViews {
  /** @returns rows with values as JSON has them; decimals are text */
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => void;
}

/** Creates the views of docs/athena in DuckDB, over the exports in a folder. */
export async function openViews(exports: string): Promise<AthenaViews> {
  const instance = await DuckDBInstance.create();
  const connection: DuckDBConnection = await instance.connect();
  await connection.run(read('duckdb.sql').replaceAll('EXPORT_FOLDER', exports));
  for (const { name, text } of athenaFiles) if (!name.startsWith('01-')) await connection.run(toDuckDb(text));
  return {
    query: async (sql) => (await connection.runAndReadAll(toDuckDb(sql))).getRowObjectsJson(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

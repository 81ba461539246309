import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ExportFormat } from '../../../bin/pcr/export/row-encoder.ts';

type Row = Readonly<Record<string, unknown>>;

/** Runs one statement in DuckDB. Numbers of 64 bits and decimals are texts. */
export async function queryDuckDb(statement: string): Promise<readonly Row[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(statement)).getRowObjectsJson();
}

/** Reads all files of an export, in no order. */
export function readExport(folder: string, format: ExportFormat = 'parquet'): Promise<readonly Row[]> {
  const files = `'${folder}/*.${format}'`;
  const all = {
    parquet: files,
    csv: `read_csv(${files}, all_varchar = true)`,
    ndjson: `read_json(${files})`,
  };
  return queryDuckDb(`SELECT * FROM ${all[format]} ORDER BY ALL`);
}

/** The files of a folder besides its state, by name. */
export function dataFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'export.json')
    .toSorted();
}

export function textOf(folder: string): string {
  return dataFilesIn(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

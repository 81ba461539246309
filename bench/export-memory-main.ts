/* Exports the changes of a table, and prints the largest memory of this process in bytes. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { columnTypesOf, type ExportState, rowsIn } from '../bin/pcr/export/export-state.ts';
import { writeExport } from '../bin/pcr/export/write-export.ts';
import { exportSource } from '../bin/pcr/stores/export-sources.ts';
import { dynamodbRecordStore } from '../lambdas/adapters/dynamodb-record-store.ts';
import { systemClock } from '../lambdas/adapters/system-clock.ts';
import { clientSettings } from '../local/host/local-account.ts';

const [endpoint = '', table = '', folder = ''] = process.argv.slice(2);
const client = new DynamoDBClient(clientSettings(endpoint));
const start: ExportState = {
  export: 'changes',
  format: 'parquet',
  columns: columnTypesOf('changes'),
  table,
  catalog: 'AWS',
  kind: 'opportunity',
  hasPersonalData: true,
  rowsPerFile: 100_000,
  startedAt: '2026-03-01T00:00:00.000Z',
  files: [],
  itemsRead: 0,
  unreadable: 0,
};
const source = exportSource(start, { client, records: dynamodbRecordStore(client, table) });
const end = await writeExport(start, source, {
  folder,
  clock: systemClock,
  interrupted: new AbortController().signal,
  onStep: () => undefined,
});
client.destroy();
const bytes = process.resourceUsage().maxRSS * 1_024;
console.log(JSON.stringify({ rows: rowsIn(end), bytes }));

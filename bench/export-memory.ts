import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { clientSettings } from '../local/host/local-account.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { recordTableInput } from '../test/conformance/tables.ts';
import { fillVersions } from './exported-versions.ts';
import type { Measurement } from './measurement.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('export-memory-main.ts', import.meta.url));
const few = 10_000;
const many = 100_000;

/**
 * The largest memory of a process that exports the changes of 100,000 versions, divided by that of
 * one that exports 10,000. Both are processes of their own, and there is one round: the size of
 * the table is what differs.
 */
export const exportMemory: Measurement = {
  name: 'exportMemory',
  title: 'Memory of an export of 100,000 versions',
  bound: { atMost: 1.3 },
  async run(report) {
    const engine = await startDynamoDb('auto');
    try {
      const small = await measure(engine.endpoint, few, report);
      const large = await measure(engine.endpoint, many, report);
      return {
        ratio: large.bytes / small.bytes,
        ours: `${large.megabytes} MB for ${many} versions`,
        floor: `${small.megabytes} MB for ${few} versions`,
        details: [small.line, large.line],
      };
    } finally {
      await engine.stop();
    }
  },
};

const measured = v.object({ rows: v.number(), bytes: v.number() });

async function measure(endpoint: string, versions: number, report: (line: string) => void) {
  const table = `records-${versions}`;
  const client = new DynamoDBClient(clientSettings(endpoint));
  await client.send(new CreateTableCommand(recordTableInput(table)));
  report(`writing ${versions} versions`);
  await fillVersions(client, table, versions);
  client.destroy();
  const folder = mkdtempSync(join(tmpdir(), 'export-memory-'));
  const startedAtMs = performance.now();
  const { stdout } = await run(process.execPath, [program, endpoint, table, folder]);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  rmSync(folder, { recursive: true });
  const { rows, bytes } = v.parse(measured, JSON.parse(stdout));
  const megabytes = Math.round(bytes / 1_000_000);
  return {
    bytes,
    megabytes,
    line: `${versions} versions: ${rows} rows, ${megabytes} MB, ${seconds.toFixed(1)} s`,
  };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { dynamodbTableExports } from '../../lambdas/adapters/dynamodb-table-exports.ts';
import type { ExportRequest, TableExports } from '../../lambdas/ports/table-exports.ts';
import { ExportModel } from '../../local/host/exports/export-model.ts';
import { startExportService } from '../../local/host/exports/export-service.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { inMemoryTableExports } from '../fakes/in-memory-table-exports.ts';
import { type ManualClock, manualClock } from '../fakes/manual-clock.ts';

const target = { table: 'arn:aws:dynamodb:us-east-1:111122223333:table/records', bucket: 'exports' };
const minuteMs = 60_000;
const folder = 'records/2026-03-01T11-00-00Z';
const full: ExportRequest = { to: '2026-03-01T11:00:00.000Z', folder, token: 'full' };
const next: ExportRequest = {
  from: '2026-03-01T11:00:00.000Z',
  to: '2026-03-01T12:00:00.000Z',
  folder,
  token: 'next',
};

interface World {
  readonly model: ExportModel;
  readonly clock: ManualClock;
  readonly exports: TableExports;
}

/** The contract of the port TableExports, at noon and ten minutes. Recovery is on since ten. */
function tableExportsSuite(newExports: (model: ExportModel) => Promise<TableExports>): void {
  const newWorld = async (): Promise<World> => {
    const clock = manualClock('2026-03-01T10:00:00.000Z');
    const model = new ExportModel(() => clock.nowMs());
    const exports = await newExports(model);
    expect(await exports.recoveryWindow(), 'right after it was switched on').toBeUndefined();
    clock.advance(130 * minuteMs);
    return { model, clock, exports };
  };

  test('a table can be restored from when recovery was switched on until some minutes ago', async () => {
    const { exports, model } = await newWorld();
    const recovery = { earliest: '2026-03-01T10:00:00.000Z', latest: '2026-03-01T12:05:00.000Z' };
    expect(await exports.recoveryWindow()).toEqual(recovery);
    model.recoveryFromMs = undefined;
    expect(await exports.recoveryWindow()).toBeUndefined();
  });

  test('a full and an incremental export are requested for exactly their times, folder and bucket', async () => {
    const { exports, model } = await newWorld();
    for (const request of [full, next]) expect(await exports.start(request)).toHaveProperty('arn');
    expect(model.exports[0]?.fromMs).toBeUndefined();
    expect(model.exports).toMatchObject([
      { ...target, folder, toMs: Date.parse(full.to) },
      { ...target, folder, fromMs: Date.parse(full.to), toMs: Date.parse(next.to) },
    ]);
  });

  test('an export that is requested twice with one token is one export', async () => {
    const { exports, model } = await newWorld();
    expect(await exports.start(full)).toEqual(await exports.start(full));
    expect(model.exports).toHaveLength(1);
    expect(await exports.start({ ...full, to: '2026-03-01T11:01:00.000Z' })).toEqual({
      refused: 'ExportConflictException',
    });
  });

  test('an export runs for a while, and then is complete or has failed with a code', async () => {
    const { exports, model, clock } = await newWorld();
    const first = await exports.start(full);
    model.failure = 'S3NoSuchBucket';
    const second = await exports.start(next);
    const statuses = () =>
      Promise.all([first, second].map((each) => exports.status('arn' in each ? each.arn : '')));
    expect(await statuses()).toEqual([{ status: 'running' }, { status: 'running' }]);
    clock.advance(30 * minuteMs);
    expect(await statuses()).toEqual([
      { status: 'completed' },
      { status: 'failed', reason: 'S3NoSuchBucket' },
    ]);
  });

  test('an export from before recovery was switched on is refused', async () => {
    const { exports } = await newWorld();
    const early = { ...full, to: '2026-03-01T09:00:00.000Z' } as const;
    expect(await exports.start(early)).toEqual({ refused: 'InvalidExportTimeException' });
  });

  test('an export of a table without recovery cannot be requested', async () => {
    const { exports, model } = await newWorld();
    model.recoveryFromMs = undefined;
    await expect(exports.start(full)).rejects.toThrow('PointInTimeRecoveryUnavailableException');
  });

  test('an export that AWS does not know has failed', async () => {
    const { exports } = await newWorld();
    expect(await exports.status(`${target.table}/export/none`)).toEqual({
      status: 'failed',
      reason: 'ExportNotFoundException',
    });
  });
}

describe('table exports in memory', () => {
  tableExportsSuite(async (model) => inMemoryTableExports(model, target));
});

describe('table exports of DynamoDB, over HTTP', () => {
  const servers: LoopbackServer[] = [];
  const clients: DynamoDBClient[] = [];
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await Promise.all(servers.map((server) => server.stop()));
  });
  const newAdapter = async (model: ExportModel, key?: string) =>
    adapterOf(await startExportService(model, () => 'http://127.0.0.1:1'), key);
  const adapterOf = (server: LoopbackServer, key?: string) => {
    servers.push(server);
    const client = new DynamoDBClient({ ...clientSettings(server.url), maxAttempts: 1 });
    clients.push(client);
    return { client, exports: dynamodbTableExports(client, { ...target, key }) };
  };
  tableExportsSuite(async (model) => (await newAdapter(model)).exports);

  test('an answer without the ARN of the export is a failure that is tried again', async () => {
    const { exports } = adapterOf(
      await startLoopbackServer((_, response) => response.end('{"ExportDescription":{}}')),
    );
    await expect(exports.start(full)).rejects.toMatchObject({
      code: 'store.unavailable',
      details: { operation: 'startExport', error: 'no ExportArn' },
    });
  });

  test('the files are encrypted with the given key, in a bucket of the account of the table', async () => {
    const clock = manualClock('2026-03-01T10:00:00.000Z');
    const { client, exports } = await newAdapter(new ExportModel(() => clock.nowMs()), 'arn:key');
    clock.advance(130 * minuteMs);
    const inputs: unknown[] = [];
    client.middlewareStack.add(
      (send) => async (request) => {
        inputs.push(request.input);
        return send(request);
      },
      {},
    );
    await exports.start(full);
    expect(inputs).toMatchObject([
      { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: 'arn:key', S3BucketOwner: '111122223333' },
    ]);
  });
});

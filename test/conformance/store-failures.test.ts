import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import type { RecordIndex } from '../../lambdas/ports/record-index.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { appendVersion, dueForFanOut, leaveOutbox } from '../builders/append-version.ts';
import { opportunityKey, versionOf } from '../builders/versions.ts';
import { attemptOf, deliveryOf } from './delivery-store-suite.ts';

const at: Instant = '2026-03-01T10:00:00.000Z';
const version = versionOf();
const delivery = deliveryOf();
const claim = { ...delivery, attemptNumber: 1, replayed: false };

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function clientOf(endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({ ...clientSettings(endpoint), maxAttempts: 1 });
  cleanUps.push(() => client.destroy());
  return client;
}

/** A DynamoDB that answers every request with this error. */
function refusing(name: string, members: JsonObject = {}): Promise<DynamoDBClient> {
  const error = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'Example Corp', ...members };
  return answering(400, () => error);
}

/** A DynamoDB that answers with these, one after the other. */
async function answering(status: number, answerTo: (request: number) => JsonObject): Promise<DynamoDBClient> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    requests += 1;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answerTo(requests)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return clientOf(`http://127.0.0.1:${address.port}`);
}

/** With an owner, which takes a transaction. */
function commit(client: DynamoDBClient) {
  return dynamodbRecordStore(client, 'records').commit(undefined, version, at, opportunityKey);
}

function cancelled(...codes: readonly string[]): Promise<DynamoDBClient> {
  const CancellationReasons = codes.map((Code) => ({ Code, Message: 'Example Corp' }));
  return refusing('TransactionCanceledException', { CancellationReasons });
}

/** Every call of every store. */
function calls(client: DynamoDBClient): Readonly<Record<string, Promise<unknown>>> {
  const records = dynamodbRecordStore(client, 'records');
  const deliveries = dynamodbDeliveryStore(client, 'webhooks');
  const endpoints = dynamodbEndpointStore(client, 'webhooks');
  const index = dynamodbRecordIndex(client, 'records');
  const sightings = dynamodbSightings(client, 'control');
  const quota = dynamodbQuotaLedger(client, 'control', 'reads');
  const ledger = { writer: 'a', writtenAt: at, nextFreeAt: at, closures: 0, hours: {} };
  const passes = dynamodbPassStore(client, 'control');
  const pass = {
    key: { catalog: 'AWS', name: 'engagements' },
    leaseEndsAt: at,
    state: {},
    unreadable: [],
  } as const;
  return {
    current: records.current(opportunityKey),
    append: appendVersion(records, undefined, version, at),
    confirm: records.confirm(version, at),
    version: records.version(version),
    announced: records.announced(version),
    messageIds: records.messageIds(version),
    markFannedOut: leaveOutbox(records, version),
    postponeFanOut: records.postponeFanOut(version, at),
    dueForFanOut: dueForFanOut(records, at, 10),
    redactBefore: records.redactBefore(version),
    readHeads: index.readHeads([opportunityKey]),
    findByEngagement: index.findByEngagement('AWS', 'eng-abcdefgh123456'),
    findOpportunitiesByTitle: index.findOpportunitiesByTitle('AWS', 'Example Corp', 'Data platform'),
    findPendingInvitations: index.findPendingInvitations('AWS', at, at),
    recordEvent: sightings.recordEvent(at),
    lastEventAt: sightings.lastEventAt(at),
    recordDetailType: sightings.recordDetailType('Opportunity Accepted', at),
    readQuota: quota.read(),
    writeQuota: quota.write(ledger, 1),
    askPass: passes.request(pass.key),
    claimPass: passes.claim(pass.key, at, at, at),
    savePass: passes.save(pass, {}, at),
    releasePass: passes.release(pass, {}, at),
    add: deliveries.add(delivery, at),
    claim: deliveries.claim(delivery.id, at, at),
    settle: deliveries.settle(claim, attemptOf(1), { status: 'delivered' }),
    revive: deliveries.revive(delivery.id, at),
    due: deliveries.due(at, 10),
    all: endpoints.all(),
    find: endpoints.find('ep_example'),
    disable: endpoints.disable('ep_example', 'gone', at),
  };
}

async function failuresOf(client: DynamoDBClient): Promise<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(calls(client)).map(async ([name, call]) => {
    const failure: unknown = await call.then(
      () => 'no failure',
      (error: unknown) => error,
    );
    return [name, failure] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('a failure of DynamoDB', () => {
  const unavailable: readonly string[] = [
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'InternalServerError',
    'ResourceNotFoundException',
    'AccessDeniedException',
    'SomethingNewException',
  ];
  test.each(unavailable)('%s throws store.unavailable, later', async (name) => {
    for (const [call, failure] of Object.entries(await failuresOf(await refusing(name)))) {
      expect(failure, call).toMatchObject({
        code: 'store.unavailable',
        retry: { kind: 'later' },
        details: { error: name },
      });
      expect(String(failure)).not.toContain('Example Corp');
    }
  });

  test('a missing answer becomes store.unavailable, later', async () => {
    const client = clientOf(`http://127.0.0.1:${await freePort()}`);
    for (const [call, failure] of Object.entries(await failuresOf(client)))
      expect(failure, call).toMatchObject({ code: 'store.unavailable', retry: { kind: 'later' } });
  });

  test('a ValidationException becomes store.refused, never', async () => {
    for (const [call, failure] of Object.entries(await failuresOf(await refusing('ValidationException'))))
      expect(failure, call).toMatchObject({ code: 'store.refused', retry: { kind: 'never' } });
  });
});

describe('a cancelled transaction', () => {
  test.each([
    ['ConditionalCheckFailed', 'None'],
    ['None', 'ConditionalCheckFailed'],
    ['ConditionalCheckFailed', 'ConditionalCheckFailed'],
  ])('a cancellation because of %s, %s is a lost race', async (...codes) => {
    expect(await commit(await cancelled(...codes))).toBe('raced');
  });

  // Whether an earlier request of the same write was done is not known.
  test.each([
    ['TransactionConflict'],
    ['ThrottlingError'],
    ['ProvisionedThroughputExceeded'],
    ['InternalServerError'],
  ])('a cancellation because of %s becomes store.unavailable, later', async (code) => {
    await expect(commit(await cancelled('None', code))).rejects.toMatchObject({
      code: 'store.unavailable',
      retry: { kind: 'later' },
    });
  });

  // DynamoDB reports some broken limits of an item here, and not as an exception.
  test('a cancellation because of ValidationError becomes store.refused, never', async () => {
    const refused = { code: 'store.refused', retry: { kind: 'never' } };
    await expect(commit(await cancelled('None', 'ValidationError'))).rejects.toMatchObject(refused);
  });
});

// A transaction on the same item makes a plain write fail; its condition was not evaluated.
test('a write that meets a transaction becomes store.unavailable, later', async () => {
  const client = await refusing('TransactionConflictException');
  const records = dynamodbRecordStore(client, 'records');
  await expect(records.confirm(version, at)).rejects.toMatchObject({
    code: 'store.unavailable',
    retry: { kind: 'later' },
  });
});

function key(id: string): JsonObject {
  return { pk: { S: `AWS/opportunity/${id}` }, sk: { S: 'current' } };
}

function twoPages(): Promise<DynamoDBClient> {
  const last: JsonObject = { Items: [key('O2')] };
  return answering(200, (request) =>
    request === 1 ? { Items: [key('O1')], LastEvaluatedKey: key('O1') } : last,
  );
}

describe('a search of the record index', () => {
  test.each<[string, (index: RecordIndex) => Promise<RecordKey[]>]>([
    ['findByEngagement', (index) => index.findByEngagement('AWS', 'eng-abcdefgh123456')],
    ['findByPartnerId', (index) => index.findByPartnerId('AWS', 'CRM-1')],
    ['findPendingInvitations', (index) => index.findPendingInvitations('AWS', at, at)],
  ])('reads all pages in %s', async (_name, call) => {
    const found = await call(dynamodbRecordIndex(await twoPages(), 'records'));
    expect(found.map(({ id }) => id)).toEqual(['O1', 'O2']);
  });
});

describe('readHeads, for unprocessed keys', () => {
  const item = { pk: { S: 'AWS/opportunity/O1234567' }, readAt: { S: at } };
  const left = { records: { Keys: [{ pk: item.pk, sk: { S: 'current' } }] } };

  test('requests them again', async () => {
    const answered: JsonObject = { Responses: { records: [item] }, UnprocessedKeys: {} };
    const client = await answering(200, (request) =>
      request < 3 ? { Responses: {}, UnprocessedKeys: left } : answered,
    );
    const found = await dynamodbRecordIndex(client, 'records').readHeads([opportunityKey]);
    expect([...found]).toMatchObject([['AWS/opportunity/O1234567', { readAt: at }]]);
  });

  test('throws store.unavailable if they stay unprocessed', async () => {
    const client = await answering(200, () => ({ Responses: {}, UnprocessedKeys: left }));
    await expect(dynamodbRecordIndex(client, 'records').readHeads([opportunityKey])).rejects.toMatchObject({
      code: 'store.unavailable',
      retry: { kind: 'later' },
      details: { operation: 'readHeads', error: 'UnprocessedKeys' },
    });
  });
});

test('a sighting that could not be written is written the next time', async () => {
  const sightings = dynamodbSightings(await refusing('ThrottlingException'), 'control');
  // Two writes: the first failed.
  for (const _ of [1, 2])
    await expect(sightings.recordEvent(at)).rejects.toMatchObject({ code: 'store.unavailable' });
});

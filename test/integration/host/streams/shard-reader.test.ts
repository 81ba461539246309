import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect, it } from 'vitest';
import { clientSettings } from '../../../../local/host/local-account.ts';
import { freePort } from '../../../../local/host/owned-process.ts';
import { ShardCursor } from '../../../../local/host/streams/shard-cursor.ts';
import { ShardReader } from '../../../../local/host/streams/shard-reader.ts';
import { startLoopbackServer } from '../../../../local/loopback-server.ts';

it('an unreadable shard is not drained, and the problem is reported', async () => {
  const settings = clientSettings(`http://127.0.0.1:${await freePort()}`);
  const client = new DynamoDBStreamsClient({ ...settings, maxAttempts: 1 });
  const problems: unknown[] = [];
  const reader = new ShardReader({
    client,
    streamArn: 'arn:stream',
    shardId: 'shard',
    startingPosition: 'TRIM_HORIZON',
    batchSize: 10,
    windowMs: 0,
    filters: undefined,
    deliver: async () => undefined,
    onProblem: (error) => problems.push(error),
  });
  expect(await reader.isDrained()).toBe(false);
  expect(problems[0]).toMatchObject({ code: 'ECONNREFUSED' });
  reader.stop();
  await reader.finished;
  client.destroy();
});

it('a cursor skips trimmed records and continues with the oldest existing record', async () => {
  const requests: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    const { ShardIteratorType } = JSON.parse(await text(request));
    requests.push(ShardIteratorType ?? operation);
    const isTrimmed = operation === 'GetRecords' && requests.length === 2;
    const records = [{ eventID: 'one', dynamodb: { SequenceNumber: '1' } }];
    response.writeHead(isTrimmed ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({
        ...(isTrimmed && { __type: 'com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException' }),
        ...(operation === 'GetShardIterator' && { ShardIterator: 'here' }),
        ...(operation === 'GetRecords' && !isTrimmed && { Records: records }),
      }),
    );
  };
  const server = await startLoopbackServer((request, response) => void answer(request, response));
  const client = new DynamoDBStreamsClient(clientSettings(server.url));
  const cursor = new ShardCursor({
    client,
    streamArn: 'arn:stream',
    shardId: 's',
    startingPosition: 'LATEST',
  });
  expect(await cursor.read(10)).toEqual([]);
  expect(cursor.hasFailed).toBe(true);
  expect(await cursor.read(10)).toMatchObject([{ eventID: 'one' }]);
  expect(requests).toEqual(['LATEST', 'GetRecords', 'TRIM_HORIZON', 'GetRecords']);
  client.destroy();
  await server.stop();
});

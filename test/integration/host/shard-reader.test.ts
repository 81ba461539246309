import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect, test } from 'vitest';
import { clientSettings } from '../../../local/host/local-account.ts';
import { freePort } from '../../../local/host/owned-process.ts';
import { ShardReader } from '../../../local/host/shard-reader.ts';

test('a shard that cannot be read is not taken for an empty one, and the problem is told', async () => {
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

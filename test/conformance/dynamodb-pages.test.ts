import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { queryPages } from '../../lambdas/adapters/dynamodb-pages.ts';
import { clientSettings } from '../../local/host/local-account.ts';

/** Answers each call with the next of these keys as the place to continue. */
async function readKeys(keys: readonly (string | undefined)[]): Promise<number> {
  let calls = 0;
  const server = createServer((_request, response) => {
    const key = keys[Math.min(calls, keys.length - 1)];
    calls += 1;
    const LastEvaluatedKey = key === undefined ? undefined : { pk: { S: 'a' }, sk: { S: key } };
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Items: [{ pk: { S: 'a' } }], LastEvaluatedKey }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new DynamoDBClient({ ...clientSettings(`http://127.0.0.1:${port}`), maxAttempts: 1 });
  try {
    for await (const items of queryPages(client, { TableName: 'records' })) expect(items).toHaveLength(1);
    return calls;
  } finally {
    client.destroy();
    server.close();
  }
}

it('a query reads every page', async () => {
  expect(await readKeys(['1', '2', undefined])).toBe(3);
});

it.each([
  ['at once', ['1']],
  ['after some pages', ['1', '2', '1']],
])('a query fails if the key of a page repeats %s', async (_, keys) => {
  await expect(readKeys(keys)).rejects.toMatchObject({
    code: 'store.unavailable',
    details: { error: 'RepeatedPage' },
  });
});

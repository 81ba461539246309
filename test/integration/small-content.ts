import { createHash } from 'node:crypto';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { fromAttributes, keyIn, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { scanPages } from '../../lambdas/adapters/dynamodb-pages.ts';
import { packedContent } from '../../lambdas/adapters/record-content.ts';
import { ownerOf } from '../../lambdas/adapters/record-parts.ts';
import { parsePartKey, partItemKey } from '../../lambdas/core/tables.ts';
import { opportunityPayload } from '../builders/payloads.ts';

const packed = packedContent({ payload: opportunityPayload(), changes: [] });
const hash = createHash('sha256').update(packed).digest('hex').slice(0, 32);
const name = { hash, count: 1 };

/**
 * Replaces packed content and parts in table Records by small ones of the same form, because a test
 * that reads every row thousands of times would spend its time on large ones.
 */
export async function shrinkContent(client: DynamoDBClient, TableName: string): Promise<void> {
  for await (const items of scanPages(client, { TableName }))
    for (const attributes of items) {
      const key = keyIn(attributes);
      const item = fromAttributes(attributes);
      const put = (changed: Readonly<Record<string, unknown>>) =>
        client.send(new PutItemCommand({ TableName, Item: toAttributes(changed) }));
      if (parsePartKey(key) && !key.sk.includes(hash))
        await client.send(new DeleteItemCommand({ TableName, Key: toAttributes(key) }));
      if (item['packed'] !== undefined) await put({ ...item, packed });
      const names = ['payloadParts', 'changesParts'].filter((each) => each in item);
      if (names.length === 0) continue;
      await put({ ...partItemKey({ ...ownerOf(item), hash }, 0), part: packed });
      await put({ ...item, ...Object.fromEntries(names.map((each) => [each, name])) });
    }
}

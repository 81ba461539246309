import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { isFailure } from '../core/service-error.ts';
import { itemFormat } from '../core/tables.ts';
import { instant } from '../core/value-schema.ts';
import type { SolutionCache } from '../ports/solution-cache.ts';
import { storeCall } from './aws-failure.ts';
import { controlProblems } from './control-items.ts';
import { fromAttributes, toAttributes } from './dynamodb-attributes.ts';

/** Items of the Control table: `pk` is `solutions`, `sk` the catalog. */
export function dynamodbSolutionCache(client: DynamoDBClient, tableName: string): SolutionCache {
  return {
    async read(catalog) {
      const input = { TableName: tableName, Key: toAttributes(keyOf(catalog)), ConsistentRead: true };
      const { Item } = await storeCall('readSolutions', () => client.send(new GetItemCommand(input)));
      if (!Item) return undefined;
      const item = fromAttributes(Item);
      if (controlProblems(item).length > 0) return undefined;
      const { names, readAt } = v.parse(storedNames, item);
      return { names: new Map(Object.entries(names)), readAt };
    },
    async write(catalog, { names, readAt }) {
      const item = { ...keyOf(catalog), format: itemFormat, names: Object.fromEntries(names), readAt };
      const input = { TableName: tableName, Item: toAttributes(item), ReturnValues: 'ALL_OLD' } as const;
      try {
        const { Attributes } = await storeCall('writeSolutions', () =>
          client.send(new PutItemCommand(input)),
        );
        return Attributes ? controlProblems(fromAttributes(Attributes)) : [];
      } catch (error) {
        // A list above the item limit of DynamoDB (400 KB) is not cached.
        if (!isFailure(error, 'store.refused')) throw error;
        return [];
      }
    },
  };
}

function keyOf(catalog: string) {
  return { pk: 'solutions', sk: catalog };
}

const storedNames = v.object({
  names: v.record(v.string(), v.string()),
  readAt: instant,
});

import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../core/tables.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** Key of the item in the Control table. Its attributes are those of the ledger, and `revision`. */
export const quotaLedgerKey: ItemKey = { pk: 'quota', sk: 'reads' };

/** From this number on, a revision and the next one are the same JavaScript number. */
const lastRevision = Number.MAX_SAFE_INTEGER - 1;

export function dynamodbQuotaLedger(client: DynamoDBClient, tableName: string): QuotaLedgerStore {
  return {
    async read() {
      const input = { TableName: tableName, Key: toAttributes(quotaLedgerKey), ConsistentRead: true };
      const { Item } = await storeCall('readQuota', () => client.send(new GetItemCommand(input)));
      const item = Item && fromAttributes(Item);
      return { item, revision: parseRevision(item?.['revision']) };
    },
    write: (ledger, revision) =>
      storeCall('writeQuota', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ ...quotaLedgerKey, ...ledger, revision: revision + 1 }),
          ...(revision > 0 ? ifRevisionIs(revision) : ifNoValidRevision),
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
  };
}

function parseRevision(value: unknown): number {
  return typeof value === 'number' && value >= 1 && value <= lastRevision ? value : 0;
}

function ifRevisionIs(revision: number) {
  return {
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: toAttributes({ ':revision': revision }),
  };
}

const ifNoValidRevision = {
  ConditionExpression: [
    'attribute_not_exists(revision)',
    'NOT attribute_type(revision, :number)',
    'revision < :first',
    'revision > :last',
  ].join(' OR '),
  ExpressionAttributeValues: toAttributes({ ':number': 'N', ':first': 1, ':last': lastRevision }),
};

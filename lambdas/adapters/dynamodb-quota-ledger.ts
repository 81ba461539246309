import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { ifRevisionIs, parseRevision } from './dynamodb-revision.ts';

/**
 * Ledgers of the Control table, one item each. Its attributes are those of the ledger, and
 * `revision`.
 */
export function dynamodbQuotaLedger(
  client: DynamoDBClient,
  tableName: string,
  calls: 'reads' | 'writes',
): QuotaLedgerStore {
  const key: ItemKey = { pk: 'quota', sk: calls };
  return {
    async read() {
      const input = { TableName: tableName, Key: toAttributes(key), ConsistentRead: true };
      const { Item } = await storeCall('readQuota', () => client.send(new GetItemCommand(input)));
      const item = Item && fromAttributes(Item);
      return { item, revision: parseRevision(item?.['revision']) };
    },
    write: (ledger, revision) =>
      storeCall('writeQuota', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ ...key, format: itemFormat, ...ledger, revision: revision + 1 }),
          ...ifRevisionIs(revision),
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
  };
}

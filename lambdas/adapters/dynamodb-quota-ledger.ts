import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { ifRevisionIs, parseRevision } from './dynamodb-revision.ts';

/** Key of the item in the Control table. Its attributes are those of the ledger, and `revision`. */
export const quotaLedgerKey: ItemKey = { pk: 'quota', sk: 'reads' };

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
          Item: toAttributes({ ...quotaLedgerKey, format: itemFormat, ...ledger, revision: revision + 1 }),
          ...ifRevisionIs(revision),
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
  };
}

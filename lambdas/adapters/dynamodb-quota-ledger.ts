import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../core/tables.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** Its item in the Control table. The attributes are those of the ledger, and `revision`. */
export const quotaLedgerKey: ItemKey = { pk: 'quota', sk: 'reads' };

/** Beyond it two revisions in a row are the same number. */
const lastRevision = Number.MAX_SAFE_INTEGER - 1;

export function dynamodbQuotaLedger(client: DynamoDBClient, tableName: string): QuotaLedgerStore {
  return {
    async read() {
      const input = { TableName: tableName, Key: toAttributes(quotaLedgerKey), ConsistentRead: true };
      const { Item } = await storeCall('readQuota', () => client.send(new GetItemCommand(input)));
      const item = Item && fromAttributes(Item);
      return { item, revision: revisionOf(item?.['revision']) };
    },
    write: (ledger, revision) =>
      storeCall('writeQuota', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ ...quotaLedgerKey, ...ledger, revision: revision + 1 }),
          ...stillStands(revision),
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
  };
}

function revisionOf(value: unknown): number {
  return typeof value === 'number' && value >= 1 && value <= lastRevision ? value : 0;
}

function stillStands(revision: number) {
  if (revision > 0)
    return {
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: toAttributes({ ':revision': revision }),
    };
  return {
    ConditionExpression:
      'attribute_not_exists(revision) OR NOT attribute_type(revision, :number) OR revision < :first OR revision > :last',
    ExpressionAttributeValues: toAttributes({ ':number': 'N', ':first': 1, ':last': lastRevision }),
  };
}

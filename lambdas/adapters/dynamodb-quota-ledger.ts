import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { LedgerItem, QuotaLedgerStore, StoredLedger } from '../ports/quota-ledger-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
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
  const putOf = (ledger: LedgerItem, revision: number) => ({
    TableName: tableName,
    Item: toAttributes({ ...key, format: itemFormat, ...ledger, revision: revision + 1 }),
  });
  return {
    async read() {
      const input = { TableName: tableName, Key: toAttributes(key), ConsistentRead: true };
      const { Item } = await storeCall('readQuota', () => client.send(new GetItemCommand(input)));
      return storedIn(Item);
    },
    write: (ledger, revision) =>
      storeCall('writeQuota', async () => {
        const input = { ...putOf(ledger, revision), ...ifRevisionIs(revision) };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
    replaceOwn: (ledger, own) =>
      storeCall('replaceQuota', async () => {
        const input = {
          ...putOf(ledger, own.revision),
          ...ifItemIs({ ...own.item, revision: own.revision }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        } as const;
        try {
          await client.send(new PutItemCommand(input));
          return 'written';
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          return storedIn(error.Item);
        }
      }),
  };
}

function storedIn(attributes: Attributes | undefined): StoredLedger {
  const item = attributes && fromAttributes(attributes);
  return { item, revision: parseRevision(item?.['revision']) };
}

/** Requires that no member was edited, even if the revision was left as it was. */
function ifItemIs(item: LedgerItem) {
  const members = Object.entries({ closedUntil: undefined, ...item });
  const isSame = members.map(([, value], index) =>
    value === undefined ? `attribute_not_exists(#${index})` : `#${index} = :${index}`,
  );
  return {
    ConditionExpression: isSame.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(members.map(([name], index) => [`#${index}`, name])),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(members.map(([, value], index) => [`:${index}`, value])),
    ),
  };
}

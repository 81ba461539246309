import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { deliveryKey } from '../../../lambdas/adapters/delivery-item.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../../lambdas/adapters/dynamodb-delivery-store.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { ItemKey } from '../../../lambdas/core/tables.ts';
import { dayMs } from '../../../lambdas/quota/ledger.ts';
import type { Drill } from '../drill.ts';
import type { DrillStage } from '../stage/drill-stage.ts';

export const rowDrills: readonly Drill[] = [rowsUnreadable()];

function rowsUnreadable(): Drill {
  let row: ItemKey = { pk: '', sk: '' };
  let record: unknown;
  return {
    alarm: 'RowsUnreadable',
    fault: 'A delivery that waits for its next attempt is edited by hand: its `record` is no key.',
    cause: async (stage) => {
      stage.receiver.status = 500;
      stage.partner.createOpportunity('AWS');
      await stage.carry();
      await stage.play(1);
      row = await findWaitingDelivery(stage);
      record = await replaceRecord(stage, row, 'edited');
    },
    firesWithinMinutes: 10,
    mend: [
      {
        words: 'repair the attributes in the table',
        perform: async (stage) => {
          stage.receiver.status = 204;
          await replaceRecord(stage, row, record);
        },
      },
      { command: 'pcr rows retry PK SK', values: () => ({ PK: row.pk, SK: row.sk }) },
    ],
    endsWithinMinutes: 4 * 60,
  };
}

/** @throws Error if no delivery waits */
async function findWaitingDelivery({ dynamodb, tables, clock }: DrillStage): Promise<ItemKey> {
  const store = dynamodbDeliveryStore(dynamodb, tables.webhooks);
  const [first] = await store.due(instantOf(clock.nowMs() + dayMs), 1);
  if (first === undefined) throw new Error('No delivery waits for its next attempt.');
  return deliveryKey(first.id);
}

/** @returns the value before */
async function replaceRecord(
  { dynamodb, tables }: DrillStage,
  row: ItemKey,
  value: unknown,
): Promise<unknown> {
  const { Attributes } = await dynamodb.send(
    new UpdateItemCommand({
      TableName: tables.webhooks,
      Key: toAttributes(row),
      UpdateExpression: 'SET #record = :value',
      ExpressionAttributeNames: { '#record': 'record' },
      ExpressionAttributeValues: toAttributes({ ':value': value }),
      ReturnValues: 'UPDATED_OLD',
    }),
  );
  return Attributes?.['record']?.S;
}

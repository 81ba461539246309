import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isFailure, type ServiceError } from '../core/service-error.ts';
import type { ItemKey } from '../core/tables.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { keyIn, tryConditionalWrite } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';
import { queryPages } from './dynamodb-pages.ts';
import { putParts, removeUnnamedParts } from './dynamodb-record-parts.ts';
import { redactionOf, unredactedBefore } from './record-redaction.ts';
import { parseItem } from './unreadable-item.ts';
import { readWholeItem } from './whole-item.ts';

/** Removes sensitive members from stored versions. */
export function dynamodbRedaction(
  client: DynamoDBClient,
  tableName: string,
): Pick<RecordStore, 'redactBefore'> {
  const getItem = itemLoader(client, tableName);
  const tryRedact = async (key: ItemKey) => {
    const item = await readWholeItem(key, getItem);
    if (!item) return false;
    const { update, parts } = parseItem(item, (whole) => redactionOf(tableName, whole));
    await putParts(client, tableName, parts);
    return tryConditionalWrite(() => client.send(new UpdateItemCommand(update)));
  };
  return {
    redactBefore: (ref) =>
      storeCall('redactBefore', async () => {
        let redacted = 0;
        const unreadable: ServiceError[] = [];
        for await (const items of queryPages(client, unredactedBefore(tableName, ref)))
          for (const attributes of items)
            try {
              if (await tryRedact(keyIn(attributes))) redacted += 1;
            } catch (error) {
              if (!isFailure(error, 'record.unreadable')) throw error;
              unreadable.push(error);
            }
        // An invalid item does not stop the others from being redacted. It is retried until it is
        // repaired, and may need its parts until then.
        const [first] = unreadable;
        if (first) throw first;
        // A crash after a rewrite leaves parts that no item names.
        await removeUnnamedParts(client, tableName, ref);
        return redacted;
      }),
  };
}

import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { epochMsOf, type Instant } from '../core/instant.ts';
import { type ItemKey, itemFormat, webhookTable } from '../core/tables.ts';
import type { ReservedPartnerId } from '../ports/command-store.ts';
import { toAttributes } from './dynamodb-attributes.ts';

/**
 * `pk` begins with `line#`, because IAM lets the functions write only such partitions. No line has
 * the kind `partner-id`.
 */
function reservationKey(catalog: string, partnerId: string): ItemKey {
  return { pk: `line#${catalog}/partner-id/${partnerId}`, sk: 'reservation' };
}

/** Reserves a PartnerOpportunityIdentifier, unless another command has it. */
export function reserve(
  table: string,
  catalog: string,
  reservation: ReservedPartnerId,
  now: Instant,
): TransactWriteItem {
  const condition = {
    ConditionExpression: 'attribute_not_exists(pk) OR commandId = :commandId OR freeAt <= :now',
    ExpressionAttributeValues: toAttributes({ ':commandId': reservation.commandId, ':now': now }),
  };
  return { Put: { ...putOf(table, catalog, reservation), ...condition } };
}

/** Changes when a reservation ends. */
export function endReservation(
  table: string,
  catalog: string,
  reservation: ReservedPartnerId,
): TransactWriteItem {
  return { Put: putOf(table, catalog, reservation) };
}

/** DynamoDB removes the row some time after its end. */
function putOf(TableName: string, catalog: string, { partnerId, commandId, freeAt }: ReservedPartnerId) {
  const Item = {
    ...reservationKey(catalog, partnerId),
    format: itemFormat,
    commandId,
    freeAt,
    [webhookTable.timeToLive]: Math.ceil(epochMsOf(freeAt) / 1_000),
  };
  return { TableName, Item: toAttributes(Item) };
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { deliveryIdIn } from '../../../lambdas/adapters/delivery-item.ts';
import { dynamodbLineSignals } from '../../../lambdas/adapters/dynamodb-line-signals.ts';
import { lineIn, lineItemKey, unreadableLine } from '../../../lambdas/adapters/line-item.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { type LineKey, linePath } from '../../../lambdas/core/line.ts';
import { type ItemKey, recordTable } from '../../../lambdas/core/tables.ts';
import { findDeliveriesById } from '../deliveries/find-deliveries.ts';
import { type RetryDeliveriesDeps, retryDeliveries, retryIdOf } from '../deliveries/retry-deliveries.ts';
import { UsageError } from '../errors.ts';
import { storedLineProblems } from '../stores/line-problems.ts';
import { rowProblems } from '../stores/row-problems.ts';
import { readRow, removeMark, retryFanOut } from '../stores/unreadable-rows.ts';

export interface RetryRowDeps extends RetryDeliveriesDeps {
  readonly dynamodb: DynamoDBClient;
  readonly recordsTable: string;
  readonly webhooksTable: string;
}

/**
 * Makes a row work again that was set aside and repaired: a delivery, a line of commands, the
 * fan-out of a version, or the current item of a record.
 * @returns why the row was not changed, or undefined if it was
 * @throws UsageError if there is no such row
 */
export async function retryRow(key: ItemKey, now: Instant, deps: RetryRowDeps): Promise<string | undefined> {
  const id = deliveryIdIn(key.pk);
  if (id) return retryDelivery(id, now, deps);
  const line = lineIn(key.pk);
  return line ? retryLine(line, now, deps) : retryItem(key, now, deps);
}

async function retryDelivery(id: DeliveryId, now: Instant, deps: RetryRowDeps): Promise<string | undefined> {
  const entries = await findDeliveriesById([id], deps);
  const [result] = await retryDeliveries(entries, retryIdOf(entries, now), now, deps);
  return result?.outcome === 'retried' ? undefined : (result?.because ?? '');
}

async function retryLine(
  line: LineKey,
  now: Instant,
  { dynamodb, webhooksTable }: RetryRowDeps,
): Promise<string | undefined> {
  const item = await readRow(dynamodb, webhooksTable, lineItemKey(line));
  if (!item)
    throw new UsageError(`line#${linePath(line)}: it is not in table Webhooks; see \`pcr rows list\``);
  const problems = await storedLineProblems(dynamodb, webhooksTable, line);
  if (problems.length > 0) return problems.join('; ');
  if (item['due'] !== unreadableLine) return 'it is not set aside';
  await dynamodbLineSignals(dynamodb, webhooksTable).signal(line, now);
  return undefined;
}

async function retryItem(
  { pk, sk }: ItemKey,
  now: Instant,
  { dynamodb, recordsTable }: RetryRowDeps,
): Promise<string | undefined> {
  const item = await readRow(dynamodb, recordsTable, { pk, sk });
  if (!item) throw new UsageError(`${pk} ${sk}: it is not in table Records; see \`pcr rows list\``);
  const problems = rowProblems(item, now);
  if (problems.length > 0) return problems.join('; ');
  const isRetried =
    sk === recordTable.currentSortKey
      ? await removeMark(dynamodb, recordsTable, { pk, sk })
      : await retryFanOut(dynamodb, recordsTable, { pk, sk }, now);
  return isRetried ? undefined : 'it is not set aside';
}

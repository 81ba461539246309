import type { DynamoDBClient, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../core/instant.ts';
import type { LineKey } from '../core/line.ts';
import { isFailure } from '../core/service-error.ts';
import type { CommandStore } from '../ports/command-store.ts';
import { storeCall } from './aws-failure.ts';
import { dynamodbCommandWriter } from './dynamodb-command-writer.ts';
import { dynamodbLineReads, readLine } from './dynamodb-line-reader.ts';
import { dynamodbLineSignals, tryLineUpdate } from './dynamodb-line-signals.ts';
import { claimOf, isDueItem, releaseOf, setAside } from './line-claim-expressions.ts';

/** Lines, tickets and contents in the Webhooks table; commands are in the Records table. */
export function dynamodbCommandStore(
  client: DynamoDBClient,
  tables: { readonly records: string; readonly webhooks: string },
): CommandStore {
  const { webhooks } = tables;
  const tryUpdate = (input: UpdateItemCommandInput) => tryLineUpdate(client, input);
  const claimed = async (key: LineKey, claimId: string, leaseEndsAt: Instant) => {
    const rows = await readLine(client, webhooks, key);
    if (rows?.line.claimId !== claimId) return undefined;
    return { line: { ...rows.line, claimId }, tickets: rows.tickets, leaseEndsAt };
  };
  return {
    ...dynamodbLineSignals(client, webhooks),
    ...dynamodbCommandWriter(client, tables),
    ...dynamodbLineReads(client, webhooks),
    claim: (key, claimId, now, leaseEndsAt) =>
      storeCall('claim', async () => {
        const found = await tryUpdate(claimOf(webhooks, key, claimId, now, leaseEndsAt));
        // The SDK repeats a request whose answer is lost: then it finds its own claim.
        const isClaimed = !found || found['claimId']?.S === claimId;
        if (!isClaimed && !isDueItem(found, now)) return undefined;
        try {
          return await claimed(key, claimId, leaseEndsAt);
        } catch (error) {
          if (isFailure(error, 'line.unreadable')) await tryUpdate(setAside(webhooks, key, claimId, now));
          throw error;
        }
      }),
    readAgain: ({ line, leaseEndsAt }) =>
      storeCall('readAgain', () => claimed(line, line.claimId, leaseEndsAt)),
    release: ({ line }, dueAt, change = {}) =>
      storeCall('release', async () => {
        const found = await tryUpdate(releaseOf(webhooks, line, dueAt, change));
        if (!found) return 'released';
        return found['claimId']?.S === line.claimId ? 'signalled' : 'lost';
      }),
  };
}

import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { parseRecordPath, type RecordKey } from '../core/record.ts';
import { recordTable } from '../core/tables.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, copiedText, keyText, toAttributes } from './dynamodb-attributes.ts';
import { findOpenOpportunities } from './dynamodb-open-opportunities.ts';
import { queryPages } from './dynamodb-pages.ts';
import { readHeads } from './dynamodb-record-heads.ts';
import { customerKeyOf, undated } from './record-item.ts';

/** Searches of the Records table by index, and reads of many records at once. */
export function dynamodbRecordIndex(client: DynamoDBClient, tableName: string): RecordIndex {
  const found = async (query: Omit<QueryCommandInput, 'TableName'>) => {
    const items: Attributes[] = [];
    for await (const page of queryPages(client, { TableName: tableName, ...query })) items.push(...page);
    return items;
  };
  return {
    readHeads: (keys) => storeCall('readHeads', () => readHeads(client, tableName, keys)),
    findByEngagement: (catalog, engagementId) =>
      storeCall('findByEngagement', async () =>
        keysOf(
          catalog,
          await found({
            IndexName: recordTable.indexes.recordsByEngagement.name,
            KeyConditionExpression: 'engagementKey = :engagement AND begins_with(pk, :catalog)',
            ExpressionAttributeValues: toAttributes({
              ':engagement': keyText(engagementId),
              ':catalog': `${catalog}/`,
            }),
          }),
        ),
      ),
    findOpportunitiesByTitle: (catalog, customerName, title) =>
      storeCall('findOpportunitiesByTitle', async () => {
        // DynamoDB refuses an empty key.
        if (customerName === '') return [];
        const items = await found({
          IndexName: recordTable.indexes.recordsByCustomer.name,
          KeyConditionExpression: 'catalogKind = :kind AND customerKey = :customer',
          // Items of 0.1.0 have no summary: they are not found until their next version.
          FilterExpression: 'summary.title = :title',
          ExpressionAttributeValues: toAttributes({
            ':kind': `${catalog}/opportunity`,
            ':customer': customerKeyOf(customerName),
            ':title': copiedText(title),
          }),
        });
        // The key holds the beginning of the name only.
        const wanted = copiedText(customerName).toLowerCase();
        return keysOf(
          catalog,
          items.filter((item) => item['summary']?.M?.['customerName']?.S?.toLowerCase() === wanted),
        );
      }),
    findByPartnerId: (catalog, partnerId) =>
      storeCall('findByPartnerId', async () =>
        keysOf(
          catalog,
          await found({
            IndexName: recordTable.indexes.recordsByPartnerId.name,
            KeyConditionExpression: 'partnerKey = :partner AND begins_with(pk, :kind)',
            ExpressionAttributeValues: toAttributes({
              ':partner': keyText(partnerId),
              ':kind': `${catalog}/opportunity/`,
            }),
          }),
        ),
      ),
    findPendingInvitations: (catalog, after, until) =>
      storeCall('findPendingInvitations', async () => {
        // DynamoDB refuses a range whose end is before its start.
        if (after > until) return [];
        const items = await found({
          IndexName: recordTable.indexes.recordsByStatus.name,
          KeyConditionExpression: 'catalogKindStatus = :pending AND dueKey BETWEEN :after AND :until',
          ExpressionAttributeValues: toAttributes({
            ':pending': `${catalog}/engagement-invitation/PENDING`,
            ':after': after,
            ':until': until,
          }),
        });
        const dated = items.filter((item) => item['dueKey']?.S !== undated);
        return keysOf(catalog, dated);
      }),
    findOpenOpportunities: (catalog) =>
      storeCall('findOpenOpportunities', () => findOpenOpportunities(client, tableName, catalog)),
  };
}

/** Some engines match the prefix in any case, but catalogs differ by case. */
function keysOf(catalog: string, items: readonly Attributes[]): RecordKey[] {
  return items.flatMap((item) => {
    const key = parseRecordPath(item['pk']?.S ?? '');
    return key?.catalog === catalog ? [key] : [];
  });
}

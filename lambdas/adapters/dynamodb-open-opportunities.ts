import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { openStages } from '../core/opportunity-stage.ts';
import { parseRecordPath } from '../core/record.ts';
import { recordTable } from '../core/tables.ts';
import type { OpenOpportunity } from '../ports/record-index.ts';
import { type Attributes, fromAttributes, keyText, toAttributes } from './dynamodb-attributes.ts';
import { queryPages } from './dynamodb-pages.ts';
import { noStage, reminderSource } from './record-item.ts';

/** See `RecordIndex.findOpenOpportunities`. Items in other stages are not read at all. */
export async function findOpenOpportunities(
  client: DynamoDBClient,
  tableName: string,
  catalog: string,
): Promise<OpenOpportunity[]> {
  const found: OpenOpportunity[] = [];
  for (const stage of [...openStages, noStage]) {
    const pages = queryPages(client, {
      TableName: tableName,
      IndexName: recordTable.indexes.recordsByStatus.name,
      KeyConditionExpression: 'catalogKindStatus = :stage',
      ProjectionExpression: 'pk, summary',
      ExpressionAttributeValues: toAttributes({ ':stage': `${catalog}/opportunity/${keyText(stage)}` }),
    });
    for await (const page of pages) found.push(...page.flatMap((item) => parseOpportunity(item, catalog)));
  }
  return found;
}

/** Some engines match keys in any case, but catalogs differ by case. */
function parseOpportunity(item: Attributes, catalog: string): OpenOpportunity[] {
  const { pk, summary } = fromAttributes(item);
  const key = typeof pk === 'string' ? parseRecordPath(pk) : undefined;
  const parsed = v.safeParse(reminderSource, summary);
  if (key?.catalog !== catalog || !parsed.success) return [];
  const { stage, reviewStatus, dueOn, modifiedAt, ...others } = parsed.output;
  return [{ key, attributes: { stage, reviewStatus, dueOn }, lastModifiedAt: modifiedAt, ...others }];
}

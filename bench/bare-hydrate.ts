import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetOpportunityCommand, PartnerCentralSellingClient } from '@aws-sdk/client-partnercentral-selling';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SQSEvent } from 'aws-lambda';

/** Baseline: one read and one put for each event, without history, order, quota or retries. */
const dynamodb = new DynamoDBClient({});
const partnerCentral = new PartnerCentralSellingClient({ region: 'us-east-1' });

export async function handler({ Records }: SQSEvent): Promise<{ batchItemFailures: [] }> {
  await Promise.all(
    Records.map(async ({ body }) => {
      const { detail } = JSON.parse(body);
      const { catalog: Catalog, opportunity } = detail;
      const { $metadata: _, ...answer } = await partnerCentral.send(
        new GetOpportunityCommand({ Catalog, Identifier: opportunity.identifier }),
      );
      const item = marshall(
        { pk: `${Catalog}/opportunity/${opportunity.identifier}`, sk: 'current', payload: answer },
        { removeUndefinedValues: true, convertClassInstanceToMap: true },
      );
      await dynamodb.send(new PutItemCommand({ TableName: process.env['RECORDS_TABLE_NAME'], Item: item }));
    }),
  );
  return { batchItemFailures: [] };
}

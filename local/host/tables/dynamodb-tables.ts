import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { localArn } from '../local-account.ts';
import { createResolver, parseProperties, physicalName } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';

/** A table of the template, as input of CreateTable. */
export interface TableDefinition {
  readonly resource: Resource;
  readonly input: CreateTableCommandInput & { readonly TableName: string };
  /** Attribute with the expiry in epoch seconds, if the template names one. */
  readonly timeToLiveAttribute: string | undefined;
}

export interface CreatedTable {
  readonly resource: Resource;
  readonly tableName: string;
  /** The ARN that CloudFormation would return. */
  readonly arn: string;
  /** The stream ARN of the engine, which its stream API needs. Undefined without a stream. */
  readonly streamArn: string | undefined;
}

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));
const indexSchema = v.object({
  IndexName: v.string(),
  KeySchema: keySchema,
  Projection: v.object({
    ProjectionType: v.picklist(['ALL', 'INCLUDE', 'KEYS_ONLY']),
    NonKeyAttributes: v.optional(v.array(v.string())),
  }),
});
const tableSchema = v.object({
  TableName: v.optional(v.string()),
  AttributeDefinitions: v.array(
    v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: v.optional(v.array(indexSchema)),
  LocalSecondaryIndexes: v.optional(v.never('the local stage has no local secondary indexes')),
  StreamSpecification: v.optional(
    v.object({ StreamViewType: v.picklist(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) }),
  ),
  TimeToLiveSpecification: v.optional(
    v.object({ AttributeName: v.optional(v.string()), Enabled: v.boolean() }),
  ),
});

const tableTypes = new Set(['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table']);

/** @throws Error naming the logical id of a table that is invalid or not supported */
export function readTableDefinitions(template: Template): readonly TableDefinition[] {
  const resolve = createResolver(template, new Map());
  const tables = [...template.resources.values()].filter(({ type }) => tableTypes.has(type));
  return tables.map((resource) => {
    const { TableName, StreamSpecification, TimeToLiveSpecification, ...table } = parseProperties(
      tableSchema,
      resource,
      resolve,
    );
    return {
      resource,
      input: {
        ...table,
        TableName: TableName ?? physicalName(template, resource.logicalId),
        // Capacity has no effect here, and both engines accept on-demand tables.
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: StreamSpecification && { ...StreamSpecification, StreamEnabled: true },
      },
      timeToLiveAttribute: TimeToLiveSpecification?.Enabled
        ? TimeToLiveSpecification.AttributeName
        : undefined,
    };
  });
}

/** Creates the tables and waits until each is active. An existing table is used unchanged. */
export async function createTables(
  client: DynamoDBClient,
  definitions: readonly TableDefinition[],
): Promise<readonly CreatedTable[]> {
  return await Promise.all(definitions.map((definition) => createTable(client, definition)));
}

async function createTable(client: DynamoDBClient, definition: TableDefinition): Promise<CreatedTable> {
  const { resource, input, timeToLiveAttribute } = definition;
  let isNew = true;
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    isNew = false;
  }
  const table = await waitUntilActive(client, input.TableName);
  if (isNew && timeToLiveAttribute !== undefined) {
    const TimeToLiveSpecification = { AttributeName: timeToLiveAttribute, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: input.TableName, TimeToLiveSpecification }));
  }
  return {
    resource,
    tableName: input.TableName,
    arn: localArn('dynamodb', `table/${input.TableName}`),
    streamArn: table.LatestStreamArn,
  };
}

async function waitUntilActive(client: DynamoDBClient, TableName: string): Promise<TableDescription> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
    await sleep(20);
  }
}

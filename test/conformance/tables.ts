import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  Projection,
} from '@aws-sdk/client-dynamodb';
import { controlTable, recordTable, webhookTable } from '../../lambdas/core/tables.ts';

interface Keys {
  readonly partitionKey: string;
  readonly sortKey: string;
}

type TableInput = CreateTableCommandInput & { readonly TableName: string };

const { outbox, ...queries } = recordTable.indexes;
const keysOnly: Projection = { ProjectionType: 'KEYS_ONLY' };
const listed: Projection = { ProjectionType: 'INCLUDE', NonKeyAttributes: [...recordTable.projected] };

/** The Records table as the adapter expects it. */
export function recordTableInput(tableName: string): TableInput {
  const indexes = Object.values(queries).map((index) => indexOf(index, listed));
  return tableInput(tableName, recordTable, [...indexes, indexOf(outbox, keysOnly)]);
}

/** The Webhooks table as the adapters expect it. */
export function webhookTableInput(tableName: string): TableInput {
  const { due, byEndpoint } = webhookTable.indexes;
  const deliveryEntry: Projection = {
    ProjectionType: 'INCLUDE',
    NonKeyAttributes: [...webhookTable.projected],
  };
  return tableInput(tableName, webhookTable, [indexOf(due, keysOnly), indexOf(byEndpoint, deliveryEntry)]);
}

/** The Control table as the adapters expect it. */
export function controlTableInput(tableName: string): TableInput {
  return tableInput(tableName, controlTable);
}

/** @param indexes not empty. Undefined: the table has none. DynamoDB refuses an empty list. */
function tableInput(TableName: string, keys: Keys, indexes?: GlobalSecondaryIndex[]): TableInput {
  const schemas = [schemaOf(keys), ...(indexes ?? []).map(({ KeySchema = [] }) => KeySchema)];
  const names = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: schemaOf(keys),
    GlobalSecondaryIndexes: indexes,
    AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  };
}

function indexOf(index: Keys & { readonly name: string }, projection: Projection): GlobalSecondaryIndex {
  return { IndexName: index.name, KeySchema: schemaOf(index), Projection: projection };
}

function schemaOf({ partitionKey, sortKey }: Keys): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}

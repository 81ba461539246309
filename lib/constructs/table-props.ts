import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableEncryptionV2,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { RelayConfig } from '../config.ts';

interface Keys {
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** What all tables are: on demand, encrypted, restorable, and as durable as the deployment wants them. */
export function durableTable(
  table: Keys & { readonly timeToLive?: string },
  removal: RelayConfig['tableRemoval'],
): TablePropsV2 {
  return {
    partitionKey: stringAttribute(table.partitionKey),
    sortKey: stringAttribute(table.sortKey),
    timeToLiveAttribute: table.timeToLive,
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: removal === 'retain',
    removalPolicy: removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}

/** An index of unfinished work: it names the rows, no more. */
export function dueIndex(index: Keys & { readonly name: string }): GlobalSecondaryIndexPropsV2 {
  return {
    indexName: index.name,
    partitionKey: stringAttribute(index.partitionKey),
    sortKey: stringAttribute(index.sortKey),
    projectionType: ProjectionType.KEYS_ONLY,
  };
}

/** An index that people list items by: with what a list shows. */
export function listingIndex(
  index: Keys & { readonly name: string },
  projected: readonly string[],
): GlobalSecondaryIndexPropsV2 {
  // DynamoDB refuses an index that is told to carry a key, which it does anyway.
  const keys = [index.partitionKey, index.sortKey];
  return {
    ...dueIndex(index),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: projected.filter((attribute) => !keys.includes(attribute)),
  };
}

/** Every key is text: ids, words, instants in ISO-8601. */
function stringAttribute(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

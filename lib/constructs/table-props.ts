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
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RelayConfig } from '../config.ts';

interface Keys {
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** What every table of a deployment shares. */
export interface TableDefaults {
  readonly removal: RelayConfig['tableRemoval'];
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/** Props of every table: on demand, encrypted, with point-in-time recovery. */
export function durableTable(
  table: Keys & { readonly timeToLive?: string },
  { removal, key }: TableDefaults,
): TablePropsV2 {
  return {
    partitionKey: stringAttribute(table.partitionKey),
    sortKey: stringAttribute(table.sortKey),
    timeToLiveAttribute: table.timeToLive,
    billing: Billing.onDemand(),
    encryption: key ? TableEncryptionV2.customerManagedKey(key) : TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: removal === 'retain',
    removalPolicy: removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}

/** An index of unfinished work by due time. It projects keys only. */
export function dueIndex(index: Keys & { readonly name: string }): GlobalSecondaryIndexPropsV2 {
  return {
    indexName: index.name,
    partitionKey: stringAttribute(index.partitionKey),
    sortKey: stringAttribute(index.sortKey),
    projectionType: ProjectionType.KEYS_ONLY,
  };
}

/** An index that people list items by. It projects the attributes that a list prints. */
export function listingIndex(
  index: Keys & { readonly name: string },
  projected: readonly string[],
): GlobalSecondaryIndexPropsV2 {
  // DynamoDB always projects keys, and refuses them among the projected attributes.
  const keys = [index.partitionKey, index.sortKey];
  return {
    ...dueIndex(index),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: projected.filter((attribute) => !keys.includes(attribute)),
  };
}

/** Every key is a string: an id, a word or an ISO-8601 timestamp. */
function stringAttribute(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

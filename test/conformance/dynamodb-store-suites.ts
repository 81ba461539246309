import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointStore, endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger, quotaLedgerKey } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { deliveryItemSuite } from './delivery-item-suite.ts';
import { deliveryStoreSuite } from './delivery-store-suite.ts';
import type { DynamoDbUnderTest } from './dynamodb-under-test.ts';
import { endpointStoreSuite } from './endpoint-store-suite.ts';
import { passItemSuite } from './pass-item-suite.ts';
import { passStoreSuite } from './pass-store-suite.ts';
import { quotaLedgerSuite } from './quota-ledger-suite.ts';
import { recordIndexItemSuite } from './record-index-item-suite.ts';
import { recordIndexSuite } from './record-index-suite.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordItemSuite } from './record-item-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordRedactionSuite } from './record-redaction-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';
import { sightingsItemSuite } from './sightings-item-suite.ts';
import { sightingsSuite } from './sightings-suite.ts';

/** Runs of the property tests. */
export interface Runs {
  readonly payloads: number;
  readonly interleavings: number;
}

/** Every store adapter on one engine. */
export function dynamodbStoreSuites({ client, ...tables }: DynamoDbUnderTest, runs: Runs): void {
  const newRecordStore = async () => dynamodbRecordStore(client(), await tables.emptyRecordTable());
  const newRecordIndex = async () => {
    const tableName = await tables.emptyRecordTable();
    return {
      records: dynamodbRecordStore(client(), tableName),
      index: dynamodbRecordIndex(client(), tableName),
    };
  };

  describe('record store', () => {
    recordStoreSuite(newRecordStore);
    recordPayloadSuite(newRecordStore, runs.payloads);
    recordInterleavingSuite(newRecordStore, runs.interleavings);
    recordRedactionSuite(newRecordStore);
    recordItemSuite(async () => ({ client: client(), tableName: await tables.emptyRecordTable() }));
  });

  describe('record index', () => {
    recordIndexSuite(newRecordIndex);
    recordIndexItemSuite(async () => ({ client: client(), tableName: await tables.emptyRecordTable() }));
  });

  describe('sightings', () => {
    sightingsSuite(async () => {
      const tableName = await tables.emptyControlTable();
      return () => dynamodbSightings(client(), tableName);
    });
    sightingsItemSuite(async () => ({ client: client(), tableName: await tables.emptyControlTable() }));
  });

  describe('quota ledger', () => {
    quotaLedgerSuite(async () => {
      const TableName = await tables.emptyControlTable();
      const store = dynamodbQuotaLedger(client(), TableName);
      const edit = async (attributes: Readonly<Record<string, unknown>>) => {
        const item = { ...(await store.read()).item, ...quotaLedgerKey, ...attributes };
        const Item = marshall(item, { removeUndefinedValues: true, allowImpreciseNumbers: true });
        await client().send(new PutItemCommand({ TableName, Item }));
      };
      return { store, edit };
    });
  });

  describe('pass store', () => {
    passStoreSuite(async () => dynamodbPassStore(client(), await tables.emptyControlTable()));
    passItemSuite(async () => ({ client: client(), tableName: await tables.emptyControlTable() }));
  });

  describe('delivery store', () => {
    deliveryStoreSuite(async () => dynamodbDeliveryStore(client(), await tables.emptyWebhookTable()));
    deliveryItemSuite(async () => ({ client: client(), tableName: await tables.emptyWebhookTable() }));
  });

  describe('endpoint store', () => {
    endpointStoreSuite(async (endpoints) => {
      const TableName = await tables.emptyWebhookTable();
      for (const endpoint of endpoints)
        await client().send(new PutItemCommand({ TableName, Item: toAttributes(endpointItem(endpoint)) }));
      return dynamodbEndpointStore(client(), TableName);
    });

    test('an item that somebody spoiled is named, and takes no other endpoint with it', async () => {
      const TableName = await tables.emptyWebhookTable();
      const store = dynamodbEndpointStore(client(), TableName);
      const sound = {
        id: 'ep_crm',
        url: 'https://crm.example.com',
        topics: ['*'],
        catalogs: [],
        secretId: 'crm',
      } as const;
      for (const item of [endpointItem(sound), { pk: 'endpoint', sk: 'ep_bad', id: 'ep_bad', url: 42 }])
        await client().send(new PutItemCommand({ TableName, Item: toAttributes(item) }));
      expect(await store.all()).toEqual({ endpoints: [sound], unreadable: ['ep_bad'] });
      await expect(store.find('ep_bad')).rejects.toMatchObject({
        code: 'endpoint.unreadable',
        retry: { kind: 'later' },
      });
    });
  });
}

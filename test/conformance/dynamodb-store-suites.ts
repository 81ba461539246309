import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynamodbDeliveryLog } from '../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbEndpointAdmin } from '../../bin/pcr/stores/dynamodb-endpoint-admin.ts';
import { dynamodbErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { deliveryKey } from '../../lambdas/adapters/delivery-item.ts';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import {
  clientItem,
  clientItemKey,
  dynamodbClientStore,
} from '../../lambdas/adapters/dynamodb-client-store.ts';
import { dynamodbCommandStore } from '../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbCommandSwitch } from '../../lambdas/adapters/dynamodb-command-switch.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore, endpointGateKey } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore, endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbExportStore } from '../../lambdas/adapters/dynamodb-export-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbRequestCounter } from '../../lambdas/adapters/dynamodb-request-counter.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { lineItemKey } from '../../lambdas/adapters/line-item.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../../lambdas/core/tables.ts';
import { lineKey } from '../builders/commands.ts';
import { endpoint, webhook } from '../builders/endpoints.ts';
import { clientItemSuite, clientStoreSuite } from './client-store-suite.ts';
import { commandInterleavingSuite } from './command-interleaving-suite.ts';
import { commandItemSuite } from './command-item-suite.ts';
import { commandStoreSuite } from './command-store-suite.ts';
import { commandSwitchSuite } from './command-switch-suite.ts';
import { deliveryItemSuite } from './delivery-item-suite.ts';
import { deliveryLogSuite } from './delivery-log-suite.ts';
import { deliveryStoreSuite } from './delivery-store-suite.ts';
import type { DynamoDbUnderTest } from './dynamodb-under-test.ts';
import { editedDeliverySuite } from './edited-delivery-suite.ts';
import { editedLineSuite } from './edited-line-suite.ts';
import { editedRecordSuite } from './edited-record-suite.ts';
import { endpointAdminSuite } from './endpoint-admin-suite.ts';
import { endpointGateEditSuite, endpointGateSuite } from './endpoint-gate-suite.ts';
import { endpointStoreSuite } from './endpoint-store-suite.ts';
import { erasureRowsSuite } from './erasure-rows-suite.ts';
import { exportStoreSuite } from './export-store-suite.ts';
import { outboxMarkSuite } from './outbox-mark-suite.ts';
import { passItemSuite } from './pass-item-suite.ts';
import { passRowsSuite } from './pass-rows-suite.ts';
import { passStoreSuite } from './pass-store-suite.ts';
import { quotaLedgerSuite } from './quota-ledger-suite.ts';
import { recordCommitSuite } from './record-commit-suite.ts';
import { recordIndexItemSuite } from './record-index-item-suite.ts';
import { recordIndexSuite } from './record-index-suite.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordItemSuite } from './record-item-suite.ts';
import { recordPartsSuite } from './record-parts-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordRedactionSuite } from './record-redaction-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';
import { requestCounterItemSuite } from './request-counter-item-suite.ts';
import { requestCounterSuite } from './request-counter-suite.ts';
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

  const newCommandStores = async () => {
    const records = await tables.emptyRecordTable();
    const webhooks = await tables.emptyWebhookTable();
    return {
      commands: dynamodbCommandStore(client(), { records, webhooks }),
      records: dynamodbRecordStore(client(), records),
      deliveries: dynamodbDeliveryStore(client(), webhooks),
      webhooks,
    };
  };

  describe('record store', () => {
    recordStoreSuite(newRecordStore);
    recordCommitSuite(newRecordStore);
    recordPayloadSuite(newRecordStore, runs.payloads);
    recordInterleavingSuite(newRecordStore, runs.interleavings);
    recordRedactionSuite(newRecordStore);
    editedRecordSuite(async () => {
      const records = await tables.emptyRecordTable();
      const webhooks = await tables.emptyWebhookTable();
      const edit = async (key: ItemKey, attributes: Readonly<Record<string, unknown>>) => {
        const { Item = {} } = await client().send(
          new GetItemCommand({ TableName: records, Key: toAttributes(key) }),
        );
        const edited = toAttributes({ ...fromAttributes(Item), ...attributes });
        await client().send(new PutItemCommand({ TableName: records, Item: edited }));
      };
      return {
        records: dynamodbRecordStore(client(), records),
        rows: dynamodbErasureRows(client(), { records, webhooks }),
        editCurrent: (key) => edit(currentItemKey(key), { payload: 'edited' }),
        editContent: (ref) => edit(versionItemKey(ref), { payload: 'edited' }),
        editTopics: (ref) => edit(versionItemKey(ref), { topics: 7 }),
      };
    });
    recordPartsSuite(async () => ({ client: client(), tableName: await tables.emptyRecordTable() }));
    outboxMarkSuite(async () => ({ client: client(), tableName: await tables.emptyRecordTable() }));
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
      const store = dynamodbQuotaLedger(client(), TableName, 'reads');
      const edit = async (attributes: Readonly<Record<string, unknown>>) => {
        const item = { ...(await store.read()).item, pk: 'quota', sk: 'reads', ...attributes };
        const Item = marshall(item, { removeUndefinedValues: true, allowImpreciseNumbers: true });
        await client().send(new PutItemCommand({ TableName, Item }));
      };
      return { store, edit };
    });
    test('keeps reads and writes in ledgers of their own', async () => {
      const TableName = await tables.emptyControlTable();
      const reads = dynamodbQuotaLedger(client(), TableName, 'reads');
      const writes = dynamodbQuotaLedger(client(), TableName, 'writes');
      expect(await reads.write({ closures: 1 }, 0)).toBe('written');
      expect(await writes.read()).toEqual({ item: undefined, revision: 0 });
      expect(await writes.write({ closures: 2 }, 0)).toBe('written');
      expect(await reads.read()).toMatchObject({ item: { sk: 'reads', closures: 1 }, revision: 1 });
    });
  });

  describe('export store', () => {
    exportStoreSuite(async () => dynamodbExportStore(client(), await tables.emptyControlTable()));
  });

  describe('pass store', () => {
    passStoreSuite(async () => dynamodbPassStore(client(), await tables.emptyControlTable()));
    passItemSuite(async () => ({ client: client(), tableName: await tables.emptyControlTable() }));
    passRowsSuite(async () => ({ client: client(), tableName: await tables.emptyControlTable() }));
  });

  describe('delivery store', () => {
    deliveryStoreSuite(async () => dynamodbDeliveryStore(client(), await tables.emptyWebhookTable()));
    deliveryItemSuite(async () => ({ client: client(), tableName: await tables.emptyWebhookTable() }));
  });

  describe('command store', () => {
    commandStoreSuite(newCommandStores);
    commandInterleavingSuite(newCommandStores, runs.interleavings);
    commandItemSuite(async () => {
      const [records, webhooks] = [await tables.emptyRecordTable(), await tables.emptyWebhookTable()];
      return { client: client(), records, webhooks };
    });
    editedLineSuite(async () => {
      const { commands, webhooks: TableName } = await newCommandStores();
      const Key = toAttributes(lineItemKey(lineKey));
      const edit = async (isInvalid: boolean) => {
        const { Item = {} } = await client().send(new GetItemCommand({ TableName, Key }));
        const fruitlessClaims = isInvalid ? 'edited' : 1;
        const edited = toAttributes({ ...fromAttributes(Item), fruitlessClaims });
        await client().send(new PutItemCommand({ TableName, Item: edited }));
      };
      return { commands, edit };
    });
  });

  describe('command switch', () => {
    commandSwitchSuite(async () => {
      const tableName = await tables.emptyControlTable();
      return (recordTable) => dynamodbCommandSwitch(client(), tableName, recordTable);
    });
  });

  describe('request counter', () => {
    requestCounterSuite(async () => {
      const tableName = await tables.emptyWebhookTable();
      return () => dynamodbRequestCounter(client(), tableName);
    });
    requestCounterItemSuite(async () => ({ client: client(), tableName: await tables.emptyWebhookTable() }));
  });

  describe('delivery log', () => {
    deliveryLogSuite(async () => {
      const tableName = await tables.emptyWebhookTable();
      return {
        store: dynamodbDeliveryStore(client(), tableName),
        log: dynamodbDeliveryLog(client(), tableName),
      };
    });
    editedDeliverySuite(async () => {
      const TableName = await tables.emptyWebhookTable();
      const edit = async (id: DeliveryId, problems: readonly string[] | undefined) => {
        const key = toAttributes(deliveryKey(id));
        const { Item = {} } = await client().send(new GetItemCommand({ TableName, Key: key }));
        const correlationId = problems ? 7 : 'repaired';
        const edited = toAttributes({ ...fromAttributes(Item), correlationId });
        await client().send(new PutItemCommand({ TableName, Item: edited }));
      };
      const [store, log] = [
        dynamodbDeliveryStore(client(), TableName),
        dynamodbDeliveryLog(client(), TableName),
      ];
      return { store, log, edit };
    });
  });

  describe('erasure rows', () => {
    erasureRowsSuite(async () => {
      const records = await tables.emptyRecordTable();
      const webhooks = await tables.emptyWebhookTable();
      return {
        records: dynamodbRecordStore(client(), records),
        store: dynamodbDeliveryStore(client(), webhooks),
        log: dynamodbDeliveryLog(client(), webhooks),
        rows: dynamodbErasureRows(client(), { records, webhooks }),
        commands: dynamodbCommandStore(client(), { records, webhooks }),
      };
    });
  });

  describe('endpoint gates', () => {
    endpointGateSuite(async () => dynamodbEndpointGateStore(client(), await tables.emptyWebhookTable()));

    endpointGateEditSuite(async () => {
      const TableName = await tables.emptyWebhookTable();
      const Key = toAttributes(endpointGateKey('ep_example'));
      const edit = async (attributes: Readonly<Record<string, unknown>>) => {
        const { Item = {} } = await client().send(new GetItemCommand({ TableName, Key }));
        const edited = marshall({ ...fromAttributes(Item), ...attributes }, { removeUndefinedValues: true });
        await client().send(new PutItemCommand({ TableName, Item: edited }));
      };
      return { store: dynamodbEndpointGateStore(client(), TableName), edit };
    });
  });

  const clientStoreWith = async (...items: readonly Readonly<Record<string, unknown>>[]) => {
    const TableName = await tables.emptyWebhookTable();
    for (const each of items)
      await client().send(new PutItemCommand({ TableName, Item: toAttributes(each) }));
    return dynamodbClientStore(client(), TableName);
  };

  describe('client store', () => {
    clientStoreSuite((clients) => clientStoreWith(...clients.map(clientItem)));
    clientItemSuite((item) => clientStoreWith({ ...clientItemKey('crm'), ...item }));
  });

  describe('endpoint store', () => {
    endpointStoreSuite(async (endpoints) => {
      const TableName = await tables.emptyWebhookTable();
      for (const each of endpoints)
        await client().send(new PutItemCommand({ TableName, Item: toAttributes(endpointItem(each)) }));
      return dynamodbEndpointStore(client(), TableName);
    });

    endpointAdminSuite(async () => {
      const TableName = await tables.emptyWebhookTable();
      return { ...dynamodbEndpointStore(client(), TableName), ...dynamodbEndpointAdmin(client(), TableName) };
    });

    test('an item from before endpoints had more to them is the endpoint it was', async () => {
      const TableName = await tables.emptyWebhookTable();
      const [url, secretId] = ['https://crm.example.com/hooks', 'crm'];
      const disabled = { reason: 'gone', at: '2026-02-01T00:00:00.000Z' };
      const item = {
        pk: 'endpoint',
        sk: 'ep_crm',
        id: 'ep_crm',
        url,
        topics: ['*'],
        catalogs: [],
        secretId,
        disabled,
      };
      await client().send(new PutItemCommand({ TableName, Item: toAttributes(item) }));
      const expected = endpoint({ id: 'ep_crm', destination: webhook({ url, secretId }), disabled });
      expect(await dynamodbEndpointStore(client(), TableName).find('ep_crm')).toEqual(expected);
    });

    test('an invalid item is reported as unreadable, and all other endpoints are returned', async () => {
      const TableName = await tables.emptyWebhookTable();
      const store = dynamodbEndpointStore(client(), TableName);
      const sound = endpoint();
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

import { describe } from 'vitest';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordItemSuite } from './record-item-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';

const dynamodb = useDynamoDb('dynoxide');
describe('record store', () => {
  const newStore = async () => dynamodbRecordStore(dynamodb.client(), await dynamodb.emptyRecordTable());
  recordStoreSuite(newStore);
  recordPayloadSuite(newStore, 100);
  recordInterleavingSuite(newStore, 30);
  recordItemSuite(async () => ({ client: dynamodb.client(), tableName: await dynamodb.emptyRecordTable() }));
});

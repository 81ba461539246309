import { describe } from 'vitest';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';
import { recordStoreSuite } from './record-store-suite.ts';

const dynamodb = useDynamoDb('dynamodb-local');
describe('record store', () => {
  recordStoreSuite(async () => dynamodbRecordStore(dynamodb.client(), await dynamodb.newRecordTable()));
});

import { describe } from 'vitest';
import { dynoxideBinary } from '../../local/host/dynamodb-engine.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';

const missing = dynoxideBinary() === undefined && !process.env['CI'];
describe.skipIf(missing)(
  `stores on dynoxide${missing ? ' (skipped: its binary is built for Linux x64 alone)' : ''}`,
  () => {
    dynamodbStoreSuites(useDynamoDb('dynoxide'), { payloads: 30, interleavings: 15 });
  },
);

import { describe } from 'vitest';
import { dynoxideBinary } from '../../local/host/dynamodb-engine.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';
import { templateTablesSuite } from './template-tables-suite.ts';

const missing = dynoxideBinary() === undefined && !process.env['CI'];
describe.skipIf(missing)(
  `stores on dynoxide${missing ? ' (skipped: its binary is built for Linux x64 alone)' : ''}`,
  () => {
    const engine = useDynamoDb('dynoxide');
    templateTablesSuite(engine.client);
    dynamodbStoreSuites(engine, { payloads: 30, interleavings: 15 });
  },
);

import { describe } from 'vitest';
import { hasJava } from '../../local/host/dynamodb-engine.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';

// With CI set nothing is skipped: a run that proves less than it says is worse than one that fails.
const missing = !hasJava() && !process.env['CI'];
describe.skipIf(missing)(`stores on DynamoDB Local${missing ? ' (skipped: no Java 17 here)' : ''}`, () => {
  dynamodbStoreSuites(useDynamoDb('dynamodb-local'), { payloads: 4, interleavings: 3 });
});

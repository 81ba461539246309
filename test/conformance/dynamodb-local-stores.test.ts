import { hasJava } from '../../local/host/tables/dynamodb-engine.ts';
import { describeUnless } from '../describe-unless.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';
import { templateTablesSuite } from './template-tables-suite.ts';

// With CI set nothing is skipped: a run that proves less than it says is worse than one that fails.
const missing = hasJava() || process.env['CI'] ? undefined : 'there is no Java 17 or newer here';
describeUnless(missing, 'stores on DynamoDB Local', () => {
  const engine = useDynamoDb('dynamodb-local');
  templateTablesSuite(engine.client);
  dynamodbStoreSuites(engine, { payloads: 4, interleavings: 3 });
});

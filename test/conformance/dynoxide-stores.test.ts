import { describeUnless } from '../describe-unless.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { missingDynoxide, useDynamoDb } from './dynamodb-under-test.ts';
import { templateTablesSuite } from './template-tables-suite.ts';

// With CI set nothing is skipped, as in dynamodb-local-stores.test.ts.
describeUnless(missingDynoxide, 'stores on dynoxide', () => {
  const engine = useDynamoDb('dynoxide');
  templateTablesSuite(engine.client);
  dynamodbStoreSuites(engine, { payloads: 30, interleavings: 15 });
});

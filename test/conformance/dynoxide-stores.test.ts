import { dynoxideBinary } from '../../local/host/tables/dynamodb-engine.ts';
import { describeUnless } from '../describe-unless.ts';
import { dynamodbStoreSuites } from './dynamodb-store-suites.ts';
import { useDynamoDb } from './dynamodb-under-test.ts';
import { templateTablesSuite } from './template-tables-suite.ts';

// With CI set nothing is skipped, as in dynamodb-local-stores.test.ts.
const missing =
  dynoxideBinary() !== undefined || process.env['CI'] ? undefined : 'its binary is built for Linux x64 alone';
describeUnless(missing, 'stores on dynoxide', () => {
  const engine = useDynamoDb('dynoxide');
  templateTablesSuite(engine.client);
  dynamodbStoreSuites(engine, { payloads: 30, interleavings: 15 });
});

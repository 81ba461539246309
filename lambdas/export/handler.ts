import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbExportStore } from '../adapters/dynamodb-export-store.ts';
import { dynamodbTableExports } from '../adapters/dynamodb-table-exports.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { exportContract } from './contract.ts';
import { exportRecords } from './export-records.ts';

const hourMs = 60 * 60_000;

export const handler = lambdaHandler(exportContract, ({ env, log, metrics }) => {
  const dynamodb = dynamodbClient();
  const target = { table: env.RECORDS_TABLE_ARN, bucket: env.EXPORT_BUCKET_NAME };
  const destination = { ...target, key: env.EXPORT_KEY_ARN };
  const deps = {
    store: dynamodbExportStore(dynamodb, env.CONTROL_TABLE_NAME),
    exports: dynamodbTableExports(dynamodb, destination),
    target,
    everyMs: env.EXPORT_HOURS * hourMs,
    clock: systemClock,
    log,
    metrics,
  };
  return () => exportRecords(deps);
});

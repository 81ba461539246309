import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbDueVersions } from '../adapters/dynamodb-due-versions.ts';
import { dynamodbLineSignals } from '../adapters/dynamodb-line-signals.ts';
import { sqsDeliveryDoorbell, sqsFanOutDoorbell, sqsLineDoorbell } from '../adapters/sqs-doorbell.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { sweepContract } from './contract.ts';
import { sweep } from './sweep.ts';

export const handler = lambdaHandler(sweepContract, ({ env, log, metrics }) => {
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  const lines = dynamodbLineSignals(dynamodb, env.WEBHOOKS_TABLE_NAME);
  const doorbell = sqsLineDoorbell(sqs, env.ACT_QUEUE_URL ?? '');
  const deps = {
    records: dynamodbDueVersions(dynamodb, env.RECORDS_TABLE_NAME),
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    fanOutDoorbell: sqsFanOutDoorbell(sqs, env.FAN_OUT_QUEUE_URL),
    deliveryDoorbell: sqsDeliveryDoorbell(sqs, env.DELIVERY_QUEUE_URL),
    commands: env.ACT_QUEUE_URL === undefined ? undefined : { lines, doorbell },
    clock: systemClock,
    timeScale: env.TIME_SCALE,
    log,
    metrics,
  };
  return () => sweep(deps);
});

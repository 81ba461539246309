import type { SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { eachMessage } from '../runtime/sqs-batch.ts';
import { quarantineContract } from './contract.ts';
import { quarantine } from './quarantine.ts';

export const handler = lambdaHandler(quarantineContract, ({ env, log, metrics }) => {
  const sqs = sqsClient();
  const deps = {
    kept: sqsParkedQueue(sqs, env.KEPT_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    sightings: dynamodbSightings(dynamodbClient(), env.CONTROL_TABLE_NAME),
    clock: systemClock,
    log,
    metrics,
  };
  return (event: SQSEvent) => eachMessage(event, log, (message) => quarantine(message, deps));
});

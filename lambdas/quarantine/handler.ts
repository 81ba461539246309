import type { SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { readEnv } from '../runtime/env.ts';
import { observed } from '../runtime/observed.ts';
import { eachMessage } from '../runtime/sqs-batch.ts';
import { quarantineContract as contract } from './contract.ts';
import { quarantine } from './quarantine.ts';

const env = readEnv(contract.environment, process.env);
const parts = {
  queue: sqsParkedQueue(sqsClient(), env.PARKED_QUEUE_URL),
  sightings: dynamodbSightings(dynamodbClient(), env.CONTROL_TABLE_NAME),
  clock: systemClock,
};

export const handler = observed(contract, (event: SQSEvent, { log, metrics }) =>
  eachMessage(event, log, (message) => quarantine(message, { ...parts, log, metrics })),
);

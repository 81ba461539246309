import type { SQSEvent } from 'aws-lambda';
import { sqsClient } from '../adapters/aws-clients.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { readEnv } from '../runtime/env.ts';
import { observed } from '../runtime/observed.ts';
import { eachMessage } from '../runtime/sqs-batch.ts';
import { quarantineContract as contract } from './contract.ts';
import { quarantine } from './quarantine.ts';

const env = readEnv(contract.environment, process.env);
const queue = sqsParkedQueue(sqsClient(), env.PARKED_QUEUE_URL);

export const handler = observed(contract, (event: SQSEvent, { log, metrics }) =>
  eachMessage(event, log, (message) => quarantine(message, { queue, log, metrics })),
);

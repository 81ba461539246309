import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  ListOpportunitiesCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Send a command to an endpoint, with the credentials and the region of the environment. */
const calls = {
  dynamodb: (endpoint: string) =>
    new DynamoDBClient({ endpoint, maxAttempts: 1 }).send(
      new PutItemCommand({ TableName: 'records', Item: { pk: { S: 'Zoë' } } }),
    ),
  sqs: (endpoint: string) =>
    new SQSClient({ endpoint, maxAttempts: 1 }).send(
      new SendMessageCommand({ QueueUrl: `${endpoint}/1/work`, MessageBody: 'Zoë' }),
    ),
  'partnercentral-selling': (endpoint: string) =>
    new PartnerCentralSellingClient({ endpoint, maxAttempts: 1 }).send(
      new ListOpportunitiesCommand({ Catalog: 'AWS' }),
    ),
} as const;

export type CalledService = keyof typeof calls;

/** The error of a call, as adapters see it. `classes`: those that they tell errors by. */
export async function errorOf(service: CalledService, endpoint: string): Promise<object> {
  try {
    return { answered: await calls[service](endpoint) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const classes = [ConditionalCheckFailedException, DynamoDBServiceException, TransactionCanceledException];
    const { name, message, stack: _stack, ...members } = error;
    return {
      ...members,
      name,
      message,
      classes: classes.filter((each) => error instanceof each).map((each) => classes.indexOf(each)),
    };
  }
}

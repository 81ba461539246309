import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unlogged } from './unlogged-client.ts';

/**
 * The SDK waits for ever by default. Here a call that hangs is given up and made again, three times in all, well within
 * the timeout of every function.
 */
const settings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};

export function dynamodbClient(): DynamoDBClient {
  return unlogged(new DynamoDBClient(settings));
}

export function sqsClient(): SQSClient {
  return unlogged(new SQSClient(settings));
}

export function secretsManagerClient(): SecretsManagerClient {
  return unlogged(new SecretsManagerClient(settings));
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { withoutSdkLogging } from './without-sdk-logging.ts';

/**
 * By default the SDK waits without limit. Here a call that hangs is aborted and made again, three
 * attempts in all, well within the timeout of every function.
 */
const settings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};

export function dynamodbClient(): DynamoDBClient {
  return withoutSdkLogging(new DynamoDBClient(settings));
}

export function sqsClient(): SQSClient {
  return withoutSdkLogging(new SQSClient(settings));
}

export function secretsManagerClient(): SecretsManagerClient {
  return withoutSdkLogging(new SecretsManagerClient(settings));
}

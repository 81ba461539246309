import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { keepAliveHttp } from './keep-alive-http.ts';
import { onEachAttempt, signedAttempts, withoutReplaced } from './signed-attempts.ts';
import { withoutSdkLogging } from './without-sdk-logging.ts';

const maxAttempts = 3;

/**
 * By default the SDK waits without limit. Here a call that hangs is aborted and made again, three
 * attempts in all, well within the timeout of every function.
 */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 4_000 };

const settings = { maxAttempts, requestHandler: { ...timeouts, throwOnRequestTimeout: true } };

/** The functions call DynamoDB most: here each call passes through less code of the SDK. */
export function dynamodbClient(): DynamoDBClient {
  const client = withoutReplaced(
    new DynamoDBClient({ maxAttempts, cacheMiddleware: true, requestHandler: keepAliveHttp(timeouts) }),
  );
  client.middlewareStack.addRelativeTo(signedAttempts(client.config, 'dynamodb'), onEachAttempt);
  return client;
}

export function sqsClient(): SQSClient {
  return withoutSdkLogging(new SQSClient(settings));
}

export function secretsManagerClient(): SecretsManagerClient {
  return withoutSdkLogging(new SecretsManagerClient(settings));
}

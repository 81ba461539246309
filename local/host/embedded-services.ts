import { type SqsEngine, startSqs } from './queues/sqs-engine.ts';
import { type SecretsManager, startSecretsManager } from './secrets/secrets-manager.ts';
import { type DynamoDbEngine, type EngineChoice, startDynamoDb } from './tables/dynamodb-engine.ts';

/** The variables by which the AWS SDK finds a service, and by which a person replaces a part of the stage. */
export interface Endpoints {
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB_STREAMS: string;
  readonly AWS_ENDPOINT_URL_SQS: string;
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER: string;
  readonly AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: string;
}

export interface EmbeddedParts {
  readonly endpoints: Endpoints;
  /** Undefined where a person's endpoint stands in for it. */
  readonly dynamoDb: DynamoDbEngine | undefined;
  readonly sqs: SqsEngine | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Starts what `env` does not replace: an `AWS_ENDPOINT_URL_*` of a service wins over the embedded part, which is then not
 * started. The streams of DynamoDB are expected at the endpoint of its tables unless their own variable says otherwise.
 * @param partnerCentralUrl endpoint of the simulator
 */
export async function startEmbeddedParts(
  env: Readonly<Record<string, string | undefined>>,
  engine: EngineChoice,
  partnerCentralUrl: string,
): Promise<EmbeddedParts> {
  const given = (service: string): string | undefined => env[`AWS_ENDPOINT_URL_${service}`] || undefined;
  const parts: { dynamoDb?: DynamoDbEngine; sqs?: SqsEngine; secrets?: SecretsManager } = {};
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(parts).map((part) => part.stop()));
  };
  const tables = given('DYNAMODB');
  const queues = given('SQS');
  const secrets = given('SECRETS_MANAGER');
  try {
    // One after the other: together they take less than a tenth of a second, and none is left behind when one fails.
    if (queues === undefined) parts.sqs = await startSqs();
    if (secrets === undefined) parts.secrets = await startSecretsManager();
    if (tables === undefined) parts.dynamoDb = await startDynamoDb(engine);
  } catch (error) {
    await stop();
    throw error;
  }
  const dynamoDbUrl = tables ?? parts.dynamoDb?.endpoint ?? '';
  const endpoints: Endpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: given('DYNAMODB_STREAMS') ?? dynamoDbUrl,
    AWS_ENDPOINT_URL_SQS: queues ?? parts.sqs?.endpoint ?? '',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets ?? parts.secrets?.endpoint ?? '',
    AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: given('PARTNERCENTRAL_SELLING') ?? partnerCentralUrl,
  };
  return { endpoints, dynamoDb: parts.dynamoDb, sqs: parts.sqs, stop };
}

import { type SqsEngine, startSqs } from './queues/sqs-engine.ts';
import { type SecretsManager, startSecretsManager } from './secrets/secrets-manager.ts';
import { type DynamoDbEngine, type EngineChoice, startDynamoDb } from './tables/dynamodb-engine.ts';

/** The variables that point the AWS SDK to a service. A user sets them to replace a service. */
export interface Endpoints {
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB_STREAMS: string;
  readonly AWS_ENDPOINT_URL_SQS: string;
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER: string;
  readonly AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: string;
}

export interface EmbeddedServices {
  readonly endpoints: Endpoints;
  /** Undefined if the user configured another endpoint. */
  readonly dynamoDb: DynamoDbEngine | undefined;
  readonly sqs: SqsEngine | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the services for which `env` has no `AWS_ENDPOINT_URL_*` variable. DynamoDB streams have
 * the endpoint of the tables, unless they have their own variable.
 * @param partnerCentralUrl endpoint of the simulator
 */
export async function startEmbeddedServices(
  env: Readonly<Record<string, string | undefined>>,
  engine: EngineChoice,
  partnerCentralUrl: string,
): Promise<EmbeddedServices> {
  const configured = (service: string): string | undefined => env[`AWS_ENDPOINT_URL_${service}`] || undefined;
  const services: { dynamoDb?: DynamoDbEngine; sqs?: SqsEngine; secrets?: SecretsManager } = {};
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
  };
  const tables = configured('DYNAMODB');
  const queues = configured('SQS');
  const secrets = configured('SECRETS_MANAGER');
  try {
    // Sequential, so that all started services are stopped if one fails. It takes under 100 ms.
    if (queues === undefined) services.sqs = await startSqs();
    if (secrets === undefined) services.secrets = await startSecretsManager();
    if (tables === undefined) services.dynamoDb = await startDynamoDb(engine);
  } catch (error) {
    await stop();
    throw error;
  }
  const dynamoDbUrl = tables ?? services.dynamoDb?.endpoint ?? '';
  const endpoints: Endpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: configured('DYNAMODB_STREAMS') ?? dynamoDbUrl,
    AWS_ENDPOINT_URL_SQS: queues ?? services.sqs?.endpoint ?? '',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets ?? services.secrets?.endpoint ?? '',
    AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: configured('PARTNERCENTRAL_SELLING') ?? partnerCentralUrl,
  };
  return { endpoints, dynamoDb: services.dynamoDb, sqs: services.sqs, stop };
}

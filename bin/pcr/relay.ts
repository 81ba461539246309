import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamodbClientStore } from '../../lambdas/adapters/dynamodb-client-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { readChatUrl } from '../../lambdas/adapters/read-chat-url.ts';
import {
  type ReadSecrets,
  readSecrets,
  type Signer,
  secretReader,
} from '../../lambdas/adapters/read-secrets.ts';
import { sqsDeliveryDoorbell } from '../../lambdas/adapters/sqs-doorbell.ts';
import type { ClientStore } from '../../lambdas/ports/client-store.ts';
import type { DeliveryDoorbell } from '../../lambdas/ports/doorbell.ts';
import type { EndpointGateStore } from '../../lambdas/ports/endpoint-gate.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import type { Channel } from '../../lambdas/ports/secret-store.ts';
import { assertProfile } from './aws-profile.ts';
import { UsageError } from './errors.ts';
import { useLocalStage } from './local-stage.ts';
import { type FoundStack, findStack, findStacks, type StackChoice } from './stack.ts';
import type { ClientAdmin } from './stores/client-admin.ts';
import type { DeliveryLog } from './stores/delivery-log.ts';
import { dynamodbClientAdmin } from './stores/dynamodb-client-admin.ts';
import { dynamodbDeliveryLog } from './stores/dynamodb-delivery-log.ts';
import { dynamodbEndpointAdmin } from './stores/dynamodb-endpoint-admin.ts';
import { dynamodbEndpointSet } from './stores/dynamodb-endpoint-set.ts';
import type { EndpointAdmin } from './stores/endpoint-admin.ts';
import type { EndpointSet } from './stores/endpoint-set.ts';
import type { SecretAdmin } from './stores/secret-admin.ts';
import { secretsManagerSecretAdmin } from './stores/secrets-manager-secret-admin.ts';
import type { LocalStage } from './stores/stage-files.ts';

/** A deployed stack with clients and stores for its resources. */
export interface Relay {
  readonly stackName: string;
  readonly region: string;
  readonly outputs: FoundStack['outputs'];
  /**
   * One output of the stack by its name, e.g. `RecordsTableName`.
   * @throws UsageError if the stack is older than this command and lacks the output
   */
  readonly output: (name: string) => string;
  /** For clients that only one command needs. */
  readonly clientSettings: ClientSettings;
  readonly clients: {
    readonly cloudformation: CloudFormationClient;
    readonly dynamodb: DynamoDBClient;
    readonly lambda: LambdaClient;
    readonly secrets: SecretsManagerClient;
    readonly sqs: SQSClient;
  };
  readonly endpoints: EndpointStore & EndpointAdmin;
  /** Software that signs commands. Not to be confused with `clients` of AWS. */
  readonly commandClients: ClientStore & ClientAdmin;
  /** Changes several endpoints in one transaction. */
  readonly endpointSet: EndpointSet;
  readonly secrets: SecretAdmin;
  /** Reads the values of a secret, without a cache. @throws ServiceError as `SecretStore` */
  readonly readSecrets: (signer: Signer) => Promise<ReadSecrets>;
  /** Reads the URL of a channel, without a cache. @throws ServiceError as `SecretStore` */
  readonly readChatUrl: (channel: Channel) => Promise<string>;
  /** Circuit breaker, slots and pace of endpoints. */
  readonly gates: EndpointGateStore;
  readonly deliveries: DeliveryLog;
  readonly doorbell: DeliveryDoorbell;
  readonly records: RecordStore;
  /** Of the local stage. Undefined for a stack that is deployed. */
  readonly stageDoor?: LocalStage['door'] | undefined;
}

export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly profile?: string;
  readonly requestHandler?: { readonly connectionTimeout: number };
}

/** Partner Central publishes its events only here, so every stack is here. */
const region = 'us-east-1';

/** @throws UsageError if there is no stack of this project, or several and none is named */
export async function findRelay(choice: StackChoice, note: (text: string) => void): Promise<Relay> {
  const stage = await useLocalStage(choice, note);
  const clientSettings = await clientSettingsFor(choice.profile);
  const cloudformation = new CloudFormationClient(clientSettings);
  const found = await findStack(cloudformation, choice.stack);
  return { ...relayOf(found, cloudformation, clientSettings), stageDoor: stage?.door };
}

/** @throws UsageError if the profile does not exist */
async function clientSettingsFor(profile: string | undefined): Promise<ClientSettings> {
  if (profile !== undefined) await assertProfile(profile);
  return {
    region,
    maxAttempts: 3,
    // The SDK has no connection timeout by default.
    requestHandler: { connectionTimeout: 5_000 },
    ...(profile !== undefined && { profile }),
  };
}

/** The account without a stack: what is left of one that was destroyed. */
export async function accountOf(choice: StackChoice, note: (text: string) => void) {
  await useLocalStage(choice, note);
  const clientSettings = await clientSettingsFor(choice.profile);
  return {
    stacks: () => findStacks(new CloudFormationClient(clientSettings)),
    secrets: secretsManagerSecretAdmin(new SecretsManagerClient(clientSettings)),
  };
}

export function relayOf(
  { name, outputs }: FoundStack,
  cloudformation: CloudFormationClient,
  clientSettings: ClientSettings,
): Relay {
  const output = (wanted: string) => {
    const value = outputs.get(wanted);
    if (value === undefined)
      throw new UsageError(
        `stack ${name}: it has no output ${wanted}; it is older than this command. Deploy it again.`,
      );
    return value;
  };
  const dynamodb = new DynamoDBClient(clientSettings);
  const secrets = new SecretsManagerClient(clientSettings);
  const sqs = new SQSClient(clientSettings);
  const webhooks = output('WebhooksTableName');
  return {
    stackName: name,
    region,
    outputs,
    output,
    clientSettings,
    clients: { cloudformation, dynamodb, lambda: new LambdaClient(clientSettings), secrets, sqs },
    endpoints: {
      ...dynamodbEndpointStore(dynamodb, webhooks),
      ...dynamodbEndpointAdmin(dynamodb, webhooks),
    },
    commandClients: {
      ...dynamodbClientStore(dynamodb, webhooks),
      ...dynamodbClientAdmin(dynamodb, webhooks),
    },
    endpointSet: dynamodbEndpointSet(dynamodb, webhooks),
    secrets: secretsManagerSecretAdmin(secrets, outputs.get('KmsKeyArn')),
    readSecrets: (signer) => readSecrets(secretReader(secrets), signer),
    readChatUrl: (channel) => readChatUrl(secretReader(secrets), channel),
    gates: dynamodbEndpointGateStore(dynamodb, webhooks),
    deliveries: dynamodbDeliveryLog(dynamodb, webhooks),
    doorbell: sqsDeliveryDoorbell(sqs, output('DeliveryQueueUrl')),
    records: dynamodbRecordStore(dynamodb, output('RecordsTableName')),
  };
}

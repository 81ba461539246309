import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '../../local/host/local-account.ts';
import type { Tables } from '../../local/observation.ts';

/** A deployed stack: its outputs and SDK clients. */
export interface Deployed {
  /** @throws Error if the stack has no such output */
  readonly output: (name: string) => string;
  /** Names of all outputs with this suffix. */
  readonly outputsEnding: (suffix: string) => readonly string[];
  readonly tables: Tables;
  readonly cloudformation: CloudFormationClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly secrets: SecretsManagerClient;
  readonly sqs: SQSClient;
}

export const stackName = 'PartnerCentralRelay';

export async function deployedStack(emulatorUrl: string): Promise<Deployed> {
  const settings = clientSettings(emulatorUrl);
  const cloudformation = new CloudFormationClient(settings);
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = new Map(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const output = (name: string) => {
    const value = outputs.get(name);
    if (value === undefined || value === '') throw new Error(`The stack has no output ${name}.`);
    return value;
  };
  return {
    output,
    outputsEnding: (suffix) => [...outputs.keys()].filter((name) => name.endsWith(suffix)),
    tables: { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') },
    cloudformation,
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    secrets: new SecretsManagerClient(settings),
    sqs: new SQSClient(settings),
  };
}

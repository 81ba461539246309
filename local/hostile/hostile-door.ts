import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { clientItem, dynamodbClientStore } from '../../lambdas/adapters/dynamodb-client-store.ts';
import { dynamodbCommandStore } from '../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbRequestCounter } from '../../lambdas/adapters/dynamodb-request-counter.ts';
import { secretsManagerClientSecrets } from '../../lambdas/adapters/secrets-manager-client-secrets.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import type { EnabledAction } from '../../lambdas/core/enabled-actions.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { makeSample } from '../../lambdas/core/sample-version.ts';
import { composeDoor, type DoorPorts } from '../../lambdas/door/compose.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import { tryAppend } from '../../lambdas/records/append.ts';
import { clientSettings } from '../host/local-account.ts';
import { startSecretsManager } from '../host/secrets/secrets-manager.ts';
import { startDynamoDb } from '../host/tables/dynamodb-engine.ts';
import { createTables, readTableDefinitions } from '../host/tables/dynamodb-tables.ts';
import { ResourceIndex } from '../host/template/resource-index.ts';
import { readTemplate } from '../host/template/template.ts';
import { withoutSafeguard } from './broken-door.ts';
import { knownClients, secretOf } from './known-clients.ts';
import type { Safeguard } from './options.ts';

/** Of every action, in the catalog of the record that is stored. */
const enabled = commandActions.map((action): EnabledAction => `AWS:${action}`);
const secretNamePrefix = 'PartnerCentralRelay/clients/';

/**
 * The door as it is deployed, above engines of their own, with a clock that the run sets.
 * @param template file of the template, which has the tables
 */
export async function startHostileDoor(template: string, clock: Clock, broken: Safeguard | undefined) {
  const engine = await startDynamoDb('auto');
  const secretsManager = await startSecretsManager();
  const dynamodb = new DynamoDBClient(clientSettings(engine.endpoint));
  const secrets = new SecretsManagerClient(clientSettings(secretsManager.endpoint));
  const tables = await createTables(dynamodb, readTableDefinitions(readTemplate(template)));
  const nameOf = (id: string) => new ResourceIndex('table', tables).get(id).tableName;
  const tableNames = { records: nameOf('Records/Table'), webhooks: nameOf('WebhookDelivery/Webhooks') };
  await storeClients(dynamodb, secrets, tableNames.webhooks);
  const records = dynamodbRecordStore(dynamodb, tableNames.records);
  const sample = makeSample('opportunity.created', instantOf(clock.nowMs()));
  const target = { ...sample, catalog: 'AWS' };
  await tryAppend(undefined, target, { records, clock, outboxGraceMs: 60_000 });
  const logged: string[] = [];
  const write = (event: string, fields: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const ports: DoorPorts = {
    records,
    index: dynamodbRecordIndex(dynamodb, tableNames.records),
    commands: dynamodbCommandStore(dynamodb, tableNames),
    // No worker carries the commands out.
    doorbell: { ring: async () => undefined },
    clients: dynamodbClientStore(dynamodb, tableNames.webhooks),
    secrets: secretsManagerClientSecrets(secrets, secretNamePrefix, write),
    counter: dynamodbRequestCounter(dynamodb, tableNames.webhooks),
    clock,
  };
  const runtime = {
    env: { COMMANDS: enabled, TIME_SCALE: 1 },
    log: { info: write, warn: write, error: write },
    metrics: { count: () => undefined, level: () => undefined },
  };
  const answer = withoutSafeguard(broken, ports, clock, (given) => composeDoor(runtime, given));
  return {
    engine: engine.name,
    target,
    answer,
    dynamodb,
    tableNames,
    /** Each line that the door has logged. */
    logged,
    stop: async () => {
      dynamodb.destroy();
      secrets.destroy();
      await engine.stop();
      await secretsManager.stop();
    },
  };
}

export type HostileDoor = Awaited<ReturnType<typeof startHostileDoor>>;

async function storeClients(
  dynamodb: DynamoDBClient,
  secrets: SecretsManagerClient,
  TableName: string,
): Promise<void> {
  for (const id of ['crm', 'narrow', 'slow', 'disabled'] as const) {
    const Item = toAttributes(clientItem(knownClients[id]));
    await dynamodb.send(new PutItemCommand({ TableName, Item }));
    const secret = { Name: `${secretNamePrefix}${id}`, SecretString: secretOf(id) };
    await secrets.send(new CreateSecretCommand(secret));
  }
}

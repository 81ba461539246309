import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { stageFolderOf, writeStageFile } from '../../../bin/pcr/stores/stage-files.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { startControlDoor } from '../../../local/control-door.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import type { Stage } from '../../../local/host/stage.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { accessStage, endpointSecretId, type StageAccess } from '../../../local/stage-access.ts';
import { triggerOn } from '../../../local/triggers/trigger-on.ts';
import { webhookEndpoint } from '../../../local/webhook-endpoint.ts';
import { type DeployedStage, startDeployedStage } from '../pcr/deployed-stage.ts';
import { runOnTerminal, type TerminalOptions } from './terminal.ts';

/** A deployed stack in which the printed commands can succeed, and a person before a terminal. */
export interface OperatedWorld extends DeployedStage {
  /** Ids of what is in it, by what is printed in their place. */
  readonly ids: Map<string, string>;
  readonly access: StageAccess;
  /** The folder in which a person runs commands, with the files that they name. */
  readonly folder: string;
  /** A server that accepts every message. */
  readonly receiver: LoopbackServer;
  /** Replaces an endpoint and its secret. @param url by default that of the receiver */
  readonly resetEndpoint: (id: EndpointId, url?: string) => Promise<void>;
  /** Replaces an endpoint by a channel of a chat, with a secret of its own. */
  readonly resetChannel: (id: EndpointId) => Promise<void>;
  /** Adds a message to a parked queue. @returns its id */
  readonly park: (queue: string, body: string, code: string) => Promise<string>;
  /** Runs a command line as it is printed. A person answers its question with yes. */
  readonly run: (
    command: string,
    types?: TerminalOptions['types'],
  ) => Promise<{ readonly code: number | null; readonly screen: string }>;
}

export const endpointId = 'ep_crm';
const clientId = 'crm';
const localAccess = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };
const request = { action: 'opportunity.update', catalog: 'AWS' };
const yes: TerminalOptions['types'] = [[/\(y\/N\)/, 'y\r']];

export async function startWorld(): Promise<OperatedWorld> {
  const deployed = await startDeployedStage(undefined, { 'relay:commands': 'opportunity.update' });
  const receiver = await startLoopbackServer((incoming, response) => {
    incoming.resume();
    response.writeHead(204).end();
  });
  const folder = mkdtempSync(join(tmpdir(), 'printed-'));
  const door = await startControlDoor(triggerOn(deployed));
  const { endpoints, controlPlane } = deployed.stage;
  const variables = { ...localAccess, ...endpoints, ...controlPlane };
  const here = environmentOf(folder);
  writeStageFile(stageFolderOf(join(folder, 'state')), {
    checkout: resolve('.'),
    pid: process.pid,
    startedAt: new Date().toISOString(),
    variables,
    door: { url: door.url, token: door.token },
  });
  const access = accessStage(deployed.stage);
  const world: OperatedWorld = {
    ...deployed,
    ids: new Map(),
    access,
    folder,
    receiver,
    resetEndpoint: (id, url = receiver.url) => resetEndpoint(id, url, world),
    resetChannel: (id) => resetChannel(id, world),
    park: (queue, body, code) => park(queue, body, code, world),
    // Who names a stack means one in AWS: then only the variables lead to the stage.
    run: (command, types = yes) => {
      const env = / --(?:stack|secrets-prefix) /.test(command) ? { ...here, ...variables } : here;
      return runOnTerminal(command, { cwd: folder, env, types });
    },
    stop: async () => {
      await door.stop();
      await deployed.stop();
      await receiver.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await furnish(world);
  return world;
}

/** @returns the command with what exists in place of what is printed */
export function fill(command: string, { ids }: OperatedWorld): string {
  return [...ids].reduce((text, [printed, id]) => text.replaceAll(printed, id), command);
}

/** `pcr` is found as by the alias of README.md, and it finds the stage. */
function environmentOf(folder: string): Readonly<Record<string, string>> {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(resolve('bin/pcr.js'), join(bin, 'pcr'));
  return {
    PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function furnish(world: OperatedWorld): Promise<void> {
  const { partner, ids, folder } = world;
  await world.resetEndpoint(endpointId);
  await world.resetEndpoint('ep_local');
  await secretsOf(world.stage).send(
    new CreateSecretCommand({ Name: 'Gone/endpoints/ep_crm', SecretString: 'a secret' }),
  );
  const ofClient = ['--action', 'opportunity.update', '--catalog', 'AWS'];
  await world.pcr('clients', 'add', '--id', clientId, ...ofClient);
  const id = partner.createOpportunity('AWS', {
    patch: {
      PartnerOpportunityIdentifier: 'CRM-10023',
      Customer: {
        Account: { CompanyName: 'Example Corp' },
        Contacts: [{ FirstName: 'Jane', LastName: 'Doe', Email: 'jane@example.com' }],
      },
    },
  });
  // As many versions as the examples name.
  for (let version = 1; version < 12; version += 1) {
    await carryAll(world);
    const Stage = version === 4 ? 'Qualified' : 'Prospect';
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage, NextSteps: `Step ${version}` } } });
  }
  ids.set('engi-abcdefgh12345', partner.createInvitation('AWS', 'OpportunityInvitation'));
  partner.createEngagement('AWS');
  await carryAll(world);
  ids.set('O1234567', id);
  // The secrets of a stack that exists are refused.
  ids.set('PartnerCentralRelay/endpoints/', 'Gone/endpoints/');
  ids.set('NAME', endpointSecretId(endpointId));
  ids.set('http://localhost:3000/hook', world.receiver.url);
  ids.set('localhost:3000', world.receiver.url.replace('http://', ''));
  ids.set(':3000', `:${new URL(world.receiver.url).port}`);
  ids.set('listen 3000', `listen ${new URL(world.receiver.url).port}`);
  ids.set('dlv_0123456789abcdef0123456789abcdef', await deliveryOf(world));
  const file = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  file('request.json', { ...request, target: id, patch: { Project: { Title: 'Data platform' } } });
  file('lost.json', { ...request, target: id, patch: { LifeCycle: { Stage: 'Closed Lost' } } });
  file('slack-url.txt', channelUrlAt(world.receiver));
  file('FILE', channelUrlAt(world.receiver));
  file('patch.json', { Project: { Title: 'Data platform' } });
  file(
    'endpoints.yaml',
    `endpoints:\n  - id: ${endpointId}\n    url: https://crm.example.com/hooks\n    topics: ['opportunity.*']\n`,
  );
}

async function carryAll({ carry, stage }: OperatedWorld): Promise<void> {
  await carry();
  await stage.idle();
}

async function deliveryOf({ pcr }: OperatedWorld): Promise<string> {
  const { out } = await pcr('deliveries', 'list', '--endpoint', endpointId, '--json');
  const [id] = /dlv_[0-9a-f]{32}/.exec(out) ?? [];
  if (id === undefined) throw new Error(`no delivery: ${out}`);
  return id;
}

function secretsOf({ endpoints }: Stage): SecretsManagerClient {
  return new SecretsManagerClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
}

async function resetEndpoint(id: EndpointId, url: string, { stage, access }: OperatedWorld): Promise<void> {
  const secrets = secretsOf(stage);
  const secretId = endpointSecretId(id);
  const SecretString = `whsec_${randomBytes(32).toString('base64')}`;
  // It exists after the first time, and may be scheduled for deletion.
  await Promise.allSettled([
    secrets.send(new CreateSecretCommand({ Name: secretId, SecretString })),
    secrets.send(new RestoreSecretCommand({ SecretId: secretId })),
  ]);
  const item = endpointItem(webhookEndpoint({ id, topics: ['*'], catalogs: [], url, secretId }));
  await access.dynamodb.send(
    new PutItemCommand({ TableName: access.tables.webhooks, Item: toAttributes(item) }),
  );
}

function channelUrlAt({ url }: LoopbackServer): string {
  return new URL('/services/example', url).href;
}

async function resetChannel(id: EndpointId, { stage, access, receiver }: OperatedWorld): Promise<void> {
  const secretId = `${endpointSecretId(id)}-channel`;
  // It exists after the first time.
  await Promise.allSettled([
    secretsOf(stage).send(new CreateSecretCommand({ Name: secretId, SecretString: channelUrlAt(receiver) })),
  ]);
  const destination = { kind: 'chat', format: 'slack', timeoutSeconds: 15, secretId } as const;
  const rest = { catalogs: [], payload: 'full', redact: [], ordering: 'none' } as const;
  const item = endpointItem({ id, topics: ['*'], destination, ...rest });
  await access.dynamodb.send(
    new PutItemCommand({ TableName: access.tables.webhooks, Item: toAttributes(item) }),
  );
}

async function park(
  queue: string,
  MessageBody: string,
  code: string,
  { stage, access }: OperatedWorld,
): Promise<string> {
  const QueueUrl = stage.queues.get(queue).url;
  const MessageAttributes = { code: { DataType: 'String', StringValue: code } };
  const { MessageId = '' } = await access.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }),
  );
  return MessageId;
}

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clientsWork } from '../../../bin/pcr/doctor/client-checks.ts';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { checkContext } from '../../builders/check-context.ts';
import { signingClient } from '../../builders/clients.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { useSecretsManager } from '../host/secrets/use-secrets-manager.ts';
import { operatedRelay } from './operated-relay.ts';

const engine = useDynamoDb('dynoxide');
const secretsManager = useSecretsManager();
const secret = [`whsec_${Buffer.alloc(24, 7).toString('base64')}`];

/** AWS Lambda, which says what the stack enables. */
let lambda: LoopbackServer;
beforeAll(async () => {
  lambda = await startLoopbackServer((request, response) => {
    request.resume();
    const Variables = { COMMANDS: 'Sandbox:opportunity.update', TIME_SCALE: '1' };
    response.end(JSON.stringify({ Environment: { Variables } }));
  });
});
afterAll(() => lambda.stop());

let relay: Relay;
beforeEach(async () => {
  const operated = (await operatedRelay(engine, secretsManager())).relay;
  const ofCommands = { CommandsFunctionName: 'commands', SignedCommandsUrl: 'https://door.example.com' };
  const outputs = new Map([...operated.outputs, ...Object.entries(ofCommands)]);
  const settings = { ...clientSettings(lambda.url), maxAttempts: 1 };
  relay = {
    ...operated,
    outputs,
    output: (name) => outputs.get(name) ?? '',
    clients: { ...operated.clients, lambda: new LambdaClient(settings) },
  };
});

const secretId = (id: string) => `${relay.output('ClientSecretNamePrefix')}${id}`;

async function addClient(of: Partial<Client> = {}): Promise<void> {
  const client = signingClient({ catalogs: ['Sandbox'], ...of });
  await relay.commandClients.add(client);
  await relay.secrets.create(secretId(client.id), secret);
}

/** @param laterMs how long after now the check runs */
async function findings(laterMs = 0, stack: Relay = relay) {
  const { io } = checkContext();
  const clock = { ...io.clock, nowMs: () => Date.now() + laterMs };
  return clientsWork.run(checkContext({ relay: stack, io: { ...io, clock } }));
}

test('a stack without clients, and clients in order, are fine', async () => {
  expect(await findings()).toEqual([{ level: 'ok', found: 'There are no clients that sign commands.' }]);
  await addClient();
  expect(await findings()).toEqual([{ level: 'ok', found: '1 client, each enabled and with a secret.' }]);
});

test.each([
  ['without a secret', [], 'missing'],
  ['whose secret was edited by hand', ['s3cret'], 'AWSCURRENT is not a whsec_ secret of 24 to 64 bytes'],
])('a client %s is a problem', async (_, value, problem) => {
  await relay.commandClients.add(signingClient({ catalogs: ['Sandbox'] }));
  if (value.length > 0) await relay.secrets.create(secretId('crm'), value);
  expect(await findings()).toEqual([
    {
      level: 'problem',
      found: expect.stringContaining(`The client crm has no secret that can be used (${problem}`),
      advice: 'Create one: `pcr clients rotate-secret crm`.',
    },
  ]);
});

test('clients on a stack without the signed door are a warning', async () => {
  const outputs = new Map([...relay.outputs].filter(([name]) => name !== 'SignedCommandsUrl'));
  expect(await findings(0, { ...relay, outputs })).toMatchObject([{ level: 'ok' }]);
  await addClient();
  expect(await findings(0, { ...relay, outputs })).toEqual([
    {
      level: 'warning',
      found: 'This stack has no signed door: 1 client cannot send commands.',
      advice: 'Deploy with `-c relay:signedCommands=yes`.',
    },
  ]);
});

test('pointers that match nothing, and actions that may change nothing, are warnings', async () => {
  await addClient({ never: ['/Lifecycle/Stage'], actions: ['opportunity.update'], writable: [] });
  const advice = 'Correct it with `pcr clients update`, which replaces a list as a whole.';
  expect(await findings()).toEqual([
    {
      level: 'warning',
      found: expect.stringMatching(
        /^client crm never\[0\]: "\/Lifecycle\/Stage" .*mean \/LifeCycle\/Stage\?$/,
      ),
      advice,
    },
    {
      level: 'warning',
      found: expect.stringContaining('leave nothing that this release knows for opportunity.update'),
      advice,
    },
  ]);
});

test('a secret without a client is a warning', async () => {
  await addClient();
  await relay.secrets.create(secretId('erp'), secret);
  expect(await findings()).toEqual([
    {
      level: 'warning',
      found: `The secret ${secretId('erp')} belongs to no client.`,
      advice: 'Remove it: `pcr clients remove erp`.',
    },
  ]);
});

test('a rotation that is older than a day is a warning', async () => {
  await addClient();
  await relay.secrets.rotate(secretId('crm'), [`whsec_${Buffer.alloc(24, 8).toString('base64')}`]);
  expect(await findings(23 * 3_600_000)).toMatchObject([{ level: 'ok' }]);
  expect(await findings(25 * 3_600_000)).toEqual([
    {
      level: 'warning',
      found: expect.stringContaining('The secret of the client crm is being rotated since '),
      advice: expect.stringContaining('`pcr clients rotate-secret crm --finish`'),
    },
  ]);
});

test('a client whose actions are all switched off is a warning, with what the stack enables', async () => {
  await addClient({ catalogs: ['AWS'] });
  await addClient({ id: 'erp', actions: ['invitation.accept'] });
  await addClient({ id: 'ok', actions: ['invitation.accept', 'opportunity.update'] });
  const advice = expect.stringContaining('`relay:commands`');
  const switchedOff = (id: string, enabled: string) => ({
    level: 'warning',
    found: `Every action of the client ${id} is switched off: the stack enables ${enabled}.`,
    advice,
  });
  expect(await findings()).toEqual(['crm', 'erp'].map((id) => switchedOff(id, 'Sandbox:opportunity.update')));
  const outputs = new Map([...relay.outputs].filter(([name]) => name !== 'CommandsFunctionName'));
  expect(await findings(0, { ...relay, outputs })).toEqual(
    ['crm', 'erp', 'ok'].map((id) => switchedOff(id, 'none')),
  );
});

test('a disabled client is a warning, and one that cannot be read is a problem', async () => {
  await addClient({ disabled: true });
  const Item = toAttributes({ pk: 'client', sk: 'old', id: 'old', never: 'x' });
  await engine.client().send(new PutItemCommand({ TableName: relay.output('WebhooksTableName'), Item }));
  expect(await findings()).toEqual([
    {
      level: 'problem',
      found: 'The client old cannot be read: its requests are refused.',
      advice: expect.stringContaining('`pcr clients remove old`'),
    },
    {
      level: 'warning',
      found: 'The client crm is disabled: its requests are refused.',
      advice: expect.stringContaining('`pcr clients enable crm`'),
    },
  ]);
});

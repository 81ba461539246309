import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type DeployedStage, startDeployedStage } from './deployed-stage.ts';

/* `pcr uninstall` on the local stage: an endpoint, a client, secrets and a parked message. */

let deployed: DeployedStage;
const prefix = 'PartnerCentralRelay/endpoints/';
const clientPrefix = 'PartnerCentralRelay/clients/';

beforeAll(async () => {
  deployed = await startDeployedStage();
  const options = ['--id', 'ep_crm', '--url', 'https://crm.example.com/hooks', '--topic', '*'];
  expect(await deployed.pcr('endpoints', 'add', ...options)).toMatchObject({ code: 0 });
  const client = ['--id', 'crm', '--action', 'opportunity.update', '--catalog', 'AWS'];
  expect(await deployed.pcr('clients', 'add', ...client)).toMatchObject({ code: 0 });
  const { endpoints, queues } = deployed.stage;
  const QueueUrl = queues.get('Quarantine/Events/Parked').url;
  const sqs = new SQSClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SQS));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
});
afterAll(async () => {
  await deployed.stop();
});

const plan = `In the stack PartnerCentralRelay:
  1 endpoint to disable: ep_crm
  1 client to disable: crm
  about 1 parked message of quarantine to delete
  2 secrets to schedule for deletion: ${prefix}ep_crm, ${clientPrefix}crm
`;

test('a dry run, and a no, print what would be removed and change nothing', async () => {
  expect(await deployed.pcr('uninstall', '--dry-run')).toMatchObject({
    code: 0,
    out: `${plan}Nothing was changed.\n`,
  });
  expect(await deployed.pcr('uninstall')).toMatchObject({
    code: 1,
    out: plan,
    err: expect.stringContaining('add --yes'),
  });
  expect((await deployed.pcr('uninstall', '--dry-run')).out).toContain(plan);
});

test.each([prefix, clientPrefix])(
  'the secrets of a stack that still exists are not removed by their prefix %s',
  async (given) => {
    expect(await deployed.pcr('uninstall', '--secrets-prefix', given, '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the stack PartnerCentralRelay uses these secrets'),
    });
  },
);

test.each(['', 'PartnerCentralRelay', 'endpoints/', '/endpoints/'])(
  'the prefix %j is refused, because it could name other secrets',
  async (given) => {
    expect(await deployed.pcr('uninstall', '--secrets-prefix', given, '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining(`argument '${given}' is invalid. Allowed: the output`),
    });
  },
);

test('endpoints and clients are disabled, parked messages and secrets removed, and the commands for the rest printed', async () => {
  const { code, out } = await deployed.pcr('uninstall', '--yes');
  expect(code).toBe(0);
  const [destroy, ...tables] = out.split('\n').slice(-8, -1);
  expect(destroy).toBe('  npx cdk destroy');
  expect(tables.map((line) => line.trim().split(' ').slice(0, 3).join(' '))).toEqual(
    ['Records', 'Webhooks', 'Control'].flatMap(() => [
      'aws dynamodb update-table',
      'aws dynamodb delete-table',
    ]),
  );
  expect((await deployed.pcr('endpoints', 'list', '--json')).out).toContain('"reason": "uninstalled"');
  expect((await deployed.pcr('clients', 'list', '--json')).out).toContain('"disabled": true');
  expect((await deployed.pcr('parked', 'list', '--json')).out).toBe('[]\n');
  expect(JSON.parse((await deployed.pcr('uninstall', '--dry-run', '--json')).out)).toEqual({
    endpoints: [],
    clients: [],
    parked: [],
    secrets: [],
    removed: false,
  });
  expect(await deployed.pcr('uninstall', '--dry-run')).toMatchObject({
    out: expect.stringContaining(
      '0 endpoints to disable\n  0 clients to disable\n  0 secrets to schedule for deletion\n',
    ),
  });
});

test('after the stack is gone, its secrets are found by their prefix, and no others', async () => {
  const { endpoints } = deployed.stage;
  const client = new SecretsManagerClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
  for (const Name of ['Gone/endpoints/ep_a', 'Gone/endpoints/ep_b', 'gone/endpoints/ep_c'])
    await client.send(new CreateSecretCommand({ Name, SecretString: 'whsec_x' }));
  const remove = () => deployed.pcr('uninstall', '--secrets-prefix', 'Gone/endpoints/', '--yes');
  expect(await remove()).toMatchObject({
    code: 0,
    out: '2 secrets to schedule for deletion: Gone/endpoints/ep_a, Gone/endpoints/ep_b\nDone.\n',
  });
  expect(await remove()).toMatchObject({ code: 1, err: 'No secret begins with Gone/endpoints/.\n' });
});

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { relayOf } from '../../../bin/pcr/relay.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { useSecretsManager } from '../host/secrets/use-secrets-manager.ts';

const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const client = useSecretsManager();

it.each([
  ['the customer-managed key of the stack', { KmsKeyArn: kmsKeyArn }, kmsKeyArn],
  ['the key of AWS if the stack has no other', {}, undefined],
])('pcr creates secrets with %s', async (_, outputs, expected) => {
  const endpoint = await client().config.endpoint?.();
  const url = `${endpoint?.protocol}//${endpoint?.hostname}:${endpoint?.port}`;
  const settings = clientSettings(url);
  const relay = relayOf(
    {
      name: 'Relay',
      outputs: new Map(
        Object.entries({ RecordsTableName: 'r', WebhooksTableName: 'w', DeliveryQueueUrl: url, ...outputs }),
      ),
    },
    new CloudFormationClient(settings),
    { ...settings, maxAttempts: 1 },
  );
  const sent: unknown[] = [];
  relay.clients.secrets.middlewareStack.add(
    (next) => async (args) => {
      sent.push(args.input);
      return next(args);
    },
    { step: 'initialize' },
  );
  const name = `Relay/endpoints/ep_${String(expected !== undefined)}`;
  expect(await relay.secrets.create(name, [`whsec_${Buffer.alloc(32, 7).toString('base64')}`])).toBe(
    'created',
  );
  expect(sent).toMatchObject([{ Name: name, KmsKeyId: expected }]);
});

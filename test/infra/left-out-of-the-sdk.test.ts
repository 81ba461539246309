import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PartnerCentralSellingClient } from '@aws-sdk/client-partnercentral-selling';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildBundles, bundle } from '../../lambdas/build.ts';
import { hosts, leftOut } from '../../lambdas/leave-out-of-the-sdk.ts';
import { freePort } from '../../local/host/owned-process.ts';
import * as unbundled from './calls-of-the-sdk.ts';
import { temporaryFolder } from './synthesized-stack.ts';

interface Answer {
  readonly service: unbundled.CalledService;
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const dynamodb = { service: 'dynamodb', status: 400 } as const;
const sqs = { service: 'sqs', status: 400 } as const;
const partnerCentral = { service: 'partnercentral-selling', status: 400 } as const;

const answers: readonly Answer[] = [
  { ...dynamodb, status: 200, body: { Attributes: { pk: { S: 'Zoë' } } } },
  { ...dynamodb, body: { __type: 'com.amazonaws.dynamodb#ResourceNotFoundException', message: 'no table' } },
  { ...dynamodb, body: { __type: 'com.amazonaws.dynamodb#LimitExceededException', message: 'too many' } },
  { ...dynamodb, body: { __type: 'com.amazonaws.dynamodb#ProvisionedThroughputExceededException' } },
  { ...dynamodb, body: { __type: 'com.amazon.coral.validate#ValidationException', message: 'empty key' } },
  { ...dynamodb, status: 500, body: { __type: 'com.amazonaws.dynamodb#InternalServerError', message: 'no' } },
  {
    ...dynamodb,
    body: {
      __type: 'com.amazonaws.dynamodb#ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { pk: { S: 'Zoë' }, packed: { B: 'AQI=' } },
    },
  },
  {
    ...dynamodb,
    body: {
      __type: 'com.amazonaws.dynamodb#TransactionCanceledException',
      Message: 'Transaction cancelled',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { n: { N: '1' } } }],
    },
  },
  {
    ...sqs,
    headers: { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no queue' },
  },
  { ...sqs, body: { __type: 'com.amazonaws.sqs#InvalidMessageContents', message: 'odd characters' } },
  { ...partnerCentral, status: 429, body: { __type: 'ThrottlingException', Message: 'Rate exceeded' } },
  { ...partnerCentral, status: 404, body: { __type: 'ResourceNotFoundException', Message: 'no deal' } },
  { ...partnerCentral, status: 409, body: { __type: 'ConflictException', Message: 'changed' } },
  { ...partnerCentral, status: 500, body: { __type: 'InternalServerException', Message: 'sorry' } },
  { ...partnerCentral, body: { __type: 'AccessDeniedException', Message: 'no', Reason: 'ACCESS_DENIED' } },
  {
    ...partnerCentral,
    body: {
      __type: 'ValidationException',
      Message: 'wrong',
      Reason: 'BUSINESS_VALIDATION_EXCEPTION',
      ErrorList: [{ FieldName: 'Project.Title', Code: 'REQUIRED', Message: 'missing' }],
    },
  },
  { ...partnerCentral, status: 503, body: {} },
];

describe('what the bundles leave out of the SDK', () => {
  let answer: Answer | undefined;
  let endpoint: string;
  let bundled: typeof unbundled;
  const server = createServer((request, response) => {
    request.resume();
    const { status, body, headers } = answer ?? { status: 400, body: {} };
    response.writeHead(status, { 'x-amzn-requestid': 'made-up', ...headers }).end(JSON.stringify(body));
  });

  beforeAll(async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'made-up');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'made-up');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    const folder = temporaryFolder();
    await bundle(fileURLToPath(new URL('calls-of-the-sdk.ts', import.meta.url)), folder, []);
    bundled = await import(join(folder, 'index.mjs'));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it.each(answers)('changes nothing about an answer of $service: $status $body.__type', async (each) => {
    answer = each;
    const expected = await unbundled.errorOf(each.service, endpoint);
    expect(await bundled.errorOf(each.service, endpoint)).toEqual(expected);
  });

  it('is only what the bundles of the functions would contain', async () => {
    const inputs = new Set<string>();
    const collectInputs: Plugin = {
      name: 'collect-inputs',
      setup(builder) {
        builder.initialOptions.metafile = true;
        builder.onEnd(({ metafile }) => {
          for (const path of Object.keys(metafile?.inputs ?? {}))
            inputs.add(path.replace(/^.*node_modules\//, ''));
        });
      },
    };
    await buildBundles(temporaryFolder(), { plugins: [collectInputs] });
    expect(leftOut.map(({ file }) => file).filter((file) => !inputs.has(file))).toEqual([]);
  });

  const region = 'eu-west-1';
  const clients = {
    dynamodb: new DynamoDBClient({ region }),
    eventbridge: new EventBridgeClient({ region }),
    'partnercentral-selling': new PartnerCentralSellingClient({ region }),
    'secrets-manager': new SecretsManagerClient({ region }),
    sqs: new SQSClient({ region }),
  };

  it('includes rules for hosts, which gave the same hosts', () => {
    expect(Object.keys(hosts)).toEqual(Object.keys(clients));
    for (const [name, { config }] of Object.entries(clients)) {
      const { url, properties, headers } = config.endpointProvider({ Region: region }, {});
      expect({ name, url: url.href, properties, headers }).toEqual({
        name,
        url: `https://${hosts[name]?.replace('{region}', region)}/`,
        properties: {},
        headers: {},
      });
    }
  });
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamodbClient } from '../../lambdas/adapters/aws-clients.ts';
import { keepAliveHttp } from '../../lambdas/adapters/keep-alive-http.ts';
import { listenOnLoopback, startLoopbackServer } from '../../local/loopback-server.ts';
import { certificate, privateKey } from './loopback-certificate.ts';

const credentials = {
  accessKeyId: 'made-up',
  secretAccessKey: 'made-up secret',
  sessionToken: 'made-up token',
};
const get = new GetItemCommand({ TableName: 'records', Key: { pk: { S: 'a' } } });

const cleanUps: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface ReceivedRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

/** The time in the header X-Amz-Date. */
function timeOf(date: unknown): Date {
  return new Date(String(date).replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
}

const nothingReceived: ReceivedRequest = { headers: {}, body: '', port: undefined };

type Answering = (response: ServerResponse, attempt: number) => void;

/** A DynamoDB whose answers are scripted, and the client that the functions use. */
async function withTable(answer: Answering) {
  const received: ReceivedRequest[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    received.push({ headers: request.headers, body: await text(request), port: request.socket.remotePort });
    answer(response, received.length);
  };
  const server = await startLoopbackServer((request, response) => void respond(request, response));
  cleanUps.push(server.stop);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.url);
  const client = dynamodbClient();
  cleanUps.push(() => client.destroy());
  return { client, received, url: server.url };
}

const found = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"Item":{"pk":{"S":"ä"}}}');
const refused = (name: string, status: number, headers: Record<string, string> = {}): Answering => {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: 'Example Corp',
  });
  return (response) => void response.writeHead(status, headers).end(body);
};
const transientFailures: Record<string, Answering> = {
  'status 500': refused('InternalServerError', 500),
  'status 503': (response) => void response.writeHead(503).end(),
  'a throttle': refused('ProvisionedThroughputExceededException', 400),
  'a lost connection': (response) => void response.destroy(),
  'a connection that is lost within the answer': (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"Item":');
    setTimeout(() => response.destroy(), 10);
  },
};

describe('a call of DynamoDB', () => {
  it.each(Object.entries(transientFailures))('is made again after %s', async (_name, fail) => {
    const { client, received } = await withTable((response, attempt) =>
      attempt < 3 ? fail(response, attempt) : found(response),
    );
    expect(await client.send(get)).toMatchObject({ Item: { pk: { S: 'ä' } }, $metadata: { attempts: 3 } });
    expect(received.map(({ headers }) => headers['amz-sdk-request'])).toEqual([
      'attempt=1; max=3',
      'attempt=2; max=3',
      'attempt=3; max=3',
    ]);
  });

  it.each(Object.entries(transientFailures))(
    'fails after three attempts that end with %s',
    async (_name, fail) => {
      const { client, received } = await withTable(fail);
      await expect(client.send(get)).rejects.toMatchObject({ $metadata: { attempts: 3 } });
      expect(received).toHaveLength(3);
    },
  );

  it.each(['ConditionalCheckFailedException', 'ValidationException'])(
    'is not made again after %s',
    async (name) => {
      const { client, received } = await withTable(refused(name, 400));
      await expect(client.send(get)).rejects.toMatchObject({ name });
      expect(received).toHaveLength(1);
    },
  );

  it('repeats a transaction with the same token', async () => {
    const { client, received } = await withTable((response, attempt) =>
      attempt === 1 ? response.writeHead(500).end() : response.writeHead(200).end('{}'),
    );
    const Put = { TableName: 'records', Item: { pk: { S: 'a' } } };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
    const tokens = received.map(({ body }) => JSON.parse(body).ClientRequestToken);
    expect(tokens).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), tokens[0]]);
  });

  it('is signed as the SDK signs it, with the session token', async () => {
    const { client, received, url } = await withTable(found);
    await client.send(
      new PutItemCommand({ TableName: 'records', Item: { pk: { S: 'ä' }, n: { N: '1.0' } } }),
    );
    const [{ headers, body } = nothingReceived] = received;
    const date = headers['x-amz-date'];
    const signer = new SignatureV4({
      credentials,
      region: 'eu-central-1',
      service: 'dynamodb',
      sha256: Sha256,
      applyChecksum: false,
    });
    const sent = Object.entries(headers).filter(([name]) =>
      /^(host|content-type|x-amz-(target|user-agent))$/.test(name),
    );
    const request = new HttpRequest({
      method: 'POST',
      path: '/',
      headers: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
      body,
    });
    const signingDate = new Date(String(date).replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
    expect((await signer.sign(request, { signingDate })).headers).toMatchObject({
      authorization: headers['authorization'],
      'x-amz-security-token': headers['x-amz-security-token'],
    });
    expect(headers).toMatchObject({
      host: new URL(url).host,
      'x-amz-target': 'DynamoDB_20120810.PutItem',
      'user-agent': expect.stringMatching(/^aws-sdk-js\/3\.\S+ .*md\/nodejs#\d+/),
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(JSON.parse(body)).toEqual({ TableName: 'records', Item: { pk: { S: 'ä' }, n: { N: '1.0' } } });
  });

  it('uses the connection of the call before', async () => {
    const { client, received } = await withTable(found);
    for (let call = 0; call < 5; call += 1) await client.send(get);
    expect(new Set(received.map(({ port }) => port)).size).toBe(1);
  });

  it('takes the time of AWS if this clock is wrong', async () => {
    const aheadMs = 3_600_000;
    const { client, received } = await withTable((response, attempt) => {
      const date = new Date(Date.now() + aheadMs).toUTCString();
      if (attempt === 1) refused('InvalidSignatureException', 400, { date })(response, attempt);
      else found(response);
    });
    await client.send(get);
    await client.send(get);
    const areAhead = received.map(
      ({ headers }) => timeOf(headers['x-amz-date']).getTime() - Date.now() > aheadMs / 2,
    );
    expect(areAhead).toEqual([false, true, true]);
  });

  it.each([
    [{}, 'dynamodb.eu-central-1.amazonaws.com', 'eu-central-1'],
    [{ AWS_REGION: 'cn-north-1' }, 'dynamodb.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    [
      { AWS_REGION: 'us-west-2', AWS_USE_FIPS_ENDPOINT: 'true' },
      'dynamodb-fips.us-west-2.amazonaws.com',
      'us-west-2',
    ],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'dynamodb.eu-central-1.api.aws', 'eu-central-1'],
  ])('goes to the endpoint of the environment %j', async (environment, host, region) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const client = dynamodbClient();
    const sent: Record<string, string>[] = [];
    client.middlewareStack.add(
      () =>
        async ({ request }) => {
          if (HttpRequest.isInstance(request)) sent.push(request.headers);
          throw new Error('not sent');
        },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client.send(get)).rejects.toThrow('not sent');
    expect(sent).toMatchObject([
      { host, authorization: expect.stringContaining(`/${region}/dynamodb/aws4_request`) },
    ]);
  });
});

describe('a connection', () => {
  const impatient = { connectionTimeout: 10_000, requestTimeout: 100 };
  const clientOf = (endpoint: string, timeouts = impatient) => {
    const requestHandler = keepAliveHttp(timeouts);
    return new DynamoDBClient({
      endpoint,
      maxAttempts: 2,
      requestHandler,
      credentials,
      region: 'eu-central-1',
    });
  };

  it.each<[string, Answering]>([
    ['does not come', () => undefined],
    [
      'stops in its middle',
      (response) => void response.writeHead(200, { 'content-length': '100' }).write('{'),
    ],
  ])('ends an attempt whose answer %s, and another one is made', async (_how, answer) => {
    const { received, url } = await withTable(answer);
    const failure = { name: 'TimeoutError', $metadata: { attempts: 2 } };
    await expect(clientOf(url).send(get)).rejects.toMatchObject(failure);
    expect(received).toHaveLength(2);
  });

  it('ends a call that is aborted', async () => {
    const { url } = await withTable(() => undefined);
    const { received, url: patient } = await withTable(() => undefined);
    expect(url).not.toBe(patient);
    const abort = new AbortController();
    const call = clientOf(patient, { ...impatient, requestTimeout: 600_000 }).send(get, {
      abortSignal: abort.signal,
    });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(received).toHaveLength(1);
  });

  it('is made with TLS if the endpoint demands it', async () => {
    const before = getCACertificates();
    setDefaultCACertificates([...before, certificate]);
    cleanUps.push(() => setDefaultCACertificates(before));
    const server = createSecureServer({ cert: certificate, key: privateKey }, (_request, response) =>
      found(response),
    );
    const { url, stop } = await listenOnLoopback(server);
    cleanUps.push(stop);
    const answer = await clientOf(url.replace('http:', 'https:'), {
      ...impatient,
      requestTimeout: 10_000,
    }).send(get);
    expect(answer.Item).toEqual({ pk: { S: 'ä' } });
  });
});

import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallFault, FaultProxy, type ProxiedCall } from '../../local/chaos/fault-proxy.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

let service: LoopbackServer;
let proxy: FaultProxy;
let received: { body: string; target: string }[];
let calls: { call: ProxiedCall; fault: CallFault | undefined; status: number | undefined }[];
let ended: string[];
let fault: CallFault | undefined;

beforeEach(async () => {
  received = [];
  calls = [];
  ended = [];
  fault = undefined;
  service = await startLoopbackServer((request, response) => {
    void (async () => {
      received.push({ body: await text(request), target: String(request.headers['x-amz-target']) });
      response.writeHead(200, { 'x-answered': 'yes' }).end('{"Item":{}}');
    })();
  });
  proxy = new FaultProxy('Sample/Work', {
    faultOf: () => fault,
    end: (functionId) => void ended.push(functionId),
    onCall: (call, met, answer) => void calls.push({ call, fault: met, status: answer?.status }),
  });
  await proxy.start();
});
afterEach(async () => {
  await proxy.stop();
  await service.stop();
});

/** The environment of a function whose DynamoDB and SQS are both the server above. */
function environment(): Readonly<Record<string, string>> {
  return proxy.environment({
    AWS_ENDPOINT_URL_DYNAMODB: service.url,
    AWS_ENDPOINT_URL_SQS: service.url,
    QUEUE_URL: `${service.url}/000000000000/work`,
    TABLE_NAME: 'Table',
  });
}

async function send(target: string, body = '{}'): Promise<Response> {
  const url = environment()['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  return fetch(url, { method: 'POST', headers: { 'x-amz-target': target }, body });
}

describe('FaultProxy', () => {
  it('replaces the URL of each service, also in queue URLs, and changes nothing else', () => {
    const { AWS_ENDPOINT_URL_DYNAMODB: url = '', QUEUE_URL, TABLE_NAME } = environment();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(url).not.toBe(service.url);
    expect({ QUEUE_URL, TABLE_NAME }).toEqual({ QUEUE_URL: `${url}/000000000000/work`, TABLE_NAME: 'Table' });
  });

  it('forwards a call and its answer', async () => {
    const response = await send('DynamoDB_20120810.GetItem', '{"Key":1}');
    expect([response.status, response.headers.get('x-answered'), await response.text()]).toEqual([
      200,
      'yes',
      '{"Item":{}}',
    ]);
    expect(received).toEqual([{ body: '{"Key":1}', target: 'DynamoDB_20120810.GetItem' }]);
    const expected = {
      functionId: 'Sample/Work',
      service: 'DYNAMODB',
      operation: 'GetItem',
      body: '{"Key":1}',
    };
    expect(calls).toEqual([{ call: expected, fault: undefined, status: 200 }]);
  });

  it('restores the URL of a queue in a forwarded call', async () => {
    const { QUEUE_URL } = environment();
    await send('AmazonSQS.SendMessage', JSON.stringify({ QueueUrl: QUEUE_URL }));
    expect(received[0]?.body).toBe(JSON.stringify({ QueueUrl: `${service.url}/000000000000/work` }));
  });

  it('refuses a call without forwarding it', async () => {
    fault = { kind: 'refuse', status: 400, body: { __type: 'x#ThrottlingException' } };
    const response = await send('DynamoDB_20120810.PutItem');
    expect([response.status, await response.json()]).toEqual([400, { __type: 'x#ThrottlingException' }]);
    expect(received).toEqual([]);
    expect(calls).toMatchObject([{ fault, status: undefined }]);
  });

  it('loses the answer of a forwarded call', async () => {
    fault = { kind: 'lose-answer' };
    await expect(send('DynamoDB_20120810.PutItem')).rejects.toThrow('fetch failed');
    expect(received).toHaveLength(1);
    expect(ended).toEqual([]);
  });

  it('delays the answer of a forwarded call', async () => {
    fault = { kind: 'answer-late', byMs: 5 };
    const response = await send('DynamoDB_20120810.PutItem');
    expect([response.status, received.length]).toEqual([200, 1]);
  });

  it('ends the caller before or after its call takes effect', async () => {
    fault = { kind: 'end-before' };
    await expect(send('DynamoDB_20120810.PutItem')).rejects.toThrow('fetch failed');
    expect([received.length, ended.length]).toEqual([0, 1]);
    fault = { kind: 'end-after' };
    await expect(send('DynamoDB_20120810.PutItem')).rejects.toThrow('fetch failed');
    expect([received.length, ended]).toEqual([1, ['Sample/Work', 'Sample/Work']]);
  });

  it('does not answer a call to an unknown service', async () => {
    environment();
    await expect(send('Elsewhere_1.GetItem')).rejects.toThrow('fetch failed');
    expect(received).toEqual([]);
  });
});

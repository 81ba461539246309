import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { type DeployedStage, spawnPcr, startDeployedStage } from './deployed-stage.ts';

/*
 * `pcr replay`, `pcr listen` and an event bus, on the local stage. One stage serves all tests,
 * because it starts slowly.
 */

interface Received {
  readonly path: string | undefined;
  readonly body: string;
  readonly headers: Record<string, string>;
}

const opportunities = 24;
/** DynamoDB holds the first two. With the third a payload is packed. */
const largeNumbers = ['12345678901234567890', '-9007199254740993', '1e400'] as const;
const withLargeNumbers = (count: number) => ({
  patch: { LargeNumbers: largeNumbers.slice(0, count).map((number) => new ExactNumber(number)) },
});

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
const secretsFile = (name: string) => join(folder, `${name}.json`);
/** The output is a pipe: no secret is printed. */
const secretIn = (path: string) => /whsec_[^"]+/.exec(readFileSync(path, 'utf8'))?.[0] ?? '';

let deployed: DeployedStage;
let server: LoopbackServer;
const received: Received[] = [];

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  received.push({ path: request.url, body, headers: Object.fromEntries(headers) });
  response.writeHead(204).end();
}

beforeAll(async () => {
  deployed = await startDeployedStage();
  for (let made = 0; made < opportunities; made += 1)
    deployed.partner.createOpportunity('AWS', withLargeNumbers(3));
  await deployed.carry();
  await deployed.stage.idle();
  server = await startLoopbackServer((request, response) => void take(request, response));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
  await deployed.stop();
});

/** Starts `pcr` and leaves it running. */
function started(...args: readonly string[]) {
  const { endpoints, controlPlane } = deployed.stage;
  const child = spawnPcr({ ...endpoints, ...controlPlane }, args);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exited = once(child, 'close');
  return {
    said: () => said,
    /** Ctrl-C. @returns the exit code */
    interrupt: async (): Promise<unknown> => {
      child.kill('SIGINT');
      return (await exited)[0];
    },
  };
}

/** Resolves when the condition holds. Otherwise the test times out. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(50);
}

async function deliveredTo(endpointId: string): Promise<number> {
  const options = ['--endpoint', endpointId, '--status', 'delivered', '--json'];
  const { out } = await deployed.pcr('deliveries', 'list', ...options);
  const listed: readonly unknown[] = JSON.parse(out);
  return listed.length;
}

function webhookIds(): ReadonlySet<string | undefined> {
  return new Set(received.map(({ headers }) => headers['webhook-id']));
}

test('a replay that is interrupted and resumed delivers each message, with every digit of its numbers', async () => {
  const added = await deployed.pcr(
    'endpoints',
    'add',
    '--id',
    'ep_orders',
    '--url',
    server.url,
    '--topic',
    'opportunity.*',
    '--secrets-file',
    secretsFile('orders'),
  );
  expect(added).toMatchObject({ code: 0, out: expect.not.stringContaining('whsec_') });
  const webhook = new Webhook(secretIn(secretsFile('orders')));
  // Slow enough to be interrupted before it ends.
  const replay = started('replay', '--endpoint', 'ep_orders', '--since', '1d', '--rate', '1', '--yes');
  await until(() => received.length >= 3);
  expect(await replay.interrupt()).toBe(1);
  expect(replay.said()).toMatch(/Interrupted, [1-9]\d* left\./);
  const id = /rpl_[0-9a-f]{32}/.exec(replay.said())?.[0] ?? '';
  const resumed = await deployed.pcr('replay', '--resume', id, '--yes');
  expect(resumed).toMatchObject({ code: 0 });
  await until(() => webhookIds().size >= opportunities);
  expect(received).toHaveLength(opportunities);
  for (const { body, headers } of received) {
    expect(() => webhook.verify(body, headers)).not.toThrow();
    expect(body).toContain(`"LargeNumbers":[${largeNumbers.join()}]`);
  }
  // The log may lag behind the last received message.
  await until(async () => (await deliveredTo('ep_orders')) >= opportunities);
});

test('pcr listen forwards the changes from then on, with every digit, and cleans up', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const file = join(folder, 'local.secret');
  writeFileSync(file, secret);
  const listening = started('listen', `${server.url}/local`, '--secret-file', file);
  // Fan-out reads the endpoints once per batch: this one must exist before the version.
  await until(async () => (await deployed.pcr('endpoints', 'list', '--json')).out.includes('listener'));
  const webhook = new Webhook(secret);
  const before = received.length;
  const id = deployed.partner.createOpportunity('AWS', withLargeNumbers(2));
  await deployed.carry();
  await until(() => listening.said().includes(`AWS/opportunity/${id} 1 -> 204`));
  expect(await listening.interrupt()).toBe(0);
  expect(listening.said()).toMatch(/ep_\w+ was removed\./);
  // The endpoint of the previous test gets it too, at another path.
  const local = received.slice(before).find(({ path, body }) => path === '/local' && body.includes(id));
  expect(webhook.verify(local?.body ?? '', local?.headers ?? {})).toBeDefined();
  expect(local?.body).toContain(`"LargeNumbers":[${largeNumbers.slice(0, 2).join()}]`);
  const { out } = await deployed.pcr('endpoints', 'list', '--json');
  expect(out).not.toContain('listener');
  const printed = await deployed.pcr('opportunities', 'show', id, '--json');
  for (const number of largeNumbers.slice(0, 2)) expect(printed.out).toContain(` ${number}`);
});

const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';

test('an event bus gets filtered messages in its payload form, and each delivery is logged', async () => {
  const { partner, stage, pcr, carry } = deployed;
  const filter = { data: { record: { LifeCycle: { Stage: ['Qualified'] } } } };
  const chosen = ['--topic', 'opportunity.*', '--filter', JSON.stringify(filter), '--payload', 'thin'];
  expect(await pcr('endpoints', 'add', '--id', 'ep_bus', '--event-bus', busArn, ...chosen)).toMatchObject({
    code: 0,
  });

  const id = partner.createOpportunity('AWS', { patch: { LifeCycle: { Stage: 'Prospect' } } });
  await carry();
  await stage.idle();
  partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
  await carry();
  await stage.idle();

  await until(() => stage.buses.events.length > 0);
  expect(stage.buses.events).toEqual([
    {
      id: expect.any(String),
      busArn,
      source: 'partner-central-relay',
      detailType: 'opportunity.updated',
      detail: expect.objectContaining({
        type: 'opportunity.updated',
        data: expect.objectContaining({ id, version: 2, changes: expect.any(Array) }),
      }),
    },
  ]);
  expect(stage.buses.events[0]?.detail).not.toHaveProperty('data.record');

  // The log may lag behind the received messages.
  await stage.idle();
  const { code, out } = await pcr('deliveries', 'list', '--endpoint', 'ep_bus', '--json');
  expect(code).toBe(0);
  const listed: unknown = JSON.parse(out);
  expect(JSON.stringify(listed)).toContain('"status":"delivered"');
});

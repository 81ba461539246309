import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { incompressibleOpportunity } from '../../builders/incompressible.ts';
import { messageIdFor, observation, versionOf } from '../../builders/versions.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest, type Ran, storeOpportunities } from './pcr-under-test.ts';

interface Listening {
  readonly pcr: PcrUnderTest;
  readonly id: EndpointId;
  readonly secret: string;
  /** Ctrl-C. */
  readonly end: () => Promise<Ran>;
}

interface Received {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A server under development. */
async function developed(status: number, answer: string) {
  const received: Received[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
    received.push({ body, headers: Object.fromEntries(headers) });
    response.writeHead(status).end(answer);
  };
  const server = await startLoopbackServer((request, response) => void answerTo(request, response));
  return { ...server, received };
}

/** Holds messages for the listener, as fan-out does. */
async function hold({ pcr, id }: Listening, versions: readonly VersionRef[]): Promise<void> {
  for (const version of versions)
    expect(await pcr.store.add(deliveryOf(version, id), instantOf(Date.now()), 'held')).toBe('added');
}

async function statuses({ pcr, id }: Listening): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { status } of pcr.relay.deliveries.list({ endpointId: id })) found.push(status);
  return found.toReversed();
}

/** Resolves when the condition holds. Otherwise the test times out. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20);
}

async function listening(pcr: PcrUnderTest, url: string, ...options: readonly string[]): Promise<Listening> {
  const running = pcr.run('listen', url, ...options);
  await until(async () => (await pcr.relay.endpoints.all()).endpoints.length === 2);
  const { endpoints } = await pcr.relay.endpoints.all();
  const listener = endpoints.find(({ destination }) => destination.kind === 'listener');
  if (!listener) throw new Error('there is no listener');
  const secret = /whsec_\S+/.exec(pcr.printed().join('\n'))?.[0] ?? '';
  const end = () => {
    pcr.interrupt();
    return running;
  };
  return { pcr, id: listener.id, secret, end };
}

describeUnless(missingDynoxide, 'pcr listen', () => {
  const test = pcrTest();

  test('forwards held messages in order, signed with the printed secret, and cleans up after Ctrl-C', async ({
    pcr,
  }) => {
    const server = await developed(204, '');
    const running = await listening(pcr, `${server.url}/hook`);
    try {
      const versions = await storeOpportunities(running.pcr.relay, 2, 3);
      await hold(running, versions);
      await until(() => server.received.length >= 6);
      const webhook = new Webhook(running.secret);
      for (const { body, headers } of server.received)
        expect(() => webhook.verify(body, headers)).not.toThrow();
      expect(server.received.map(({ headers }) => headers['webhook-id'])).toEqual(versions.map(messageIdFor));
      for (const { headers } of server.received)
        expect(headers).toMatchObject({
          traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
          'user-agent': expect.stringContaining('partner-central-relay/'),
          accept: '*/*',
        });
      await until(async () => (await statuses(running)).every((status) => status === 'delivered'));
    } finally {
      const { code, out, err } = await running.end();
      await server.stop();
      expect(code).toBe(0);
      expect(out).toMatch(/opportunity\.created AWS\/opportunity\/O1000001 1 -> 204 in \d+ ms, dlv_/);
      expect(err).toContain(`${running.id} was removed.`);
    }
    expect(await running.pcr.relay.endpoints.find(running.id)).toBeUndefined();
  });

  test.for([500_000, 2_000_000])(
    'forwards a record that is stored in parts, whole and signed: %d characters',
    async (length, { pcr }) => {
      const server = await developed(204, '');
      const running = await listening(pcr, `${server.url}/hook`);
      try {
        const version = versionOf(observation({ payload: incompressibleOpportunity(length, 1) }));
        await appendVersion(pcr.relay.records, undefined, version, version.readAt);
        await hold(running, [version]);
        await until(() => server.received.length > 0);
        const [{ body, headers } = { body: '', headers: {} }] = server.received;
        expect(() => new Webhook(running.secret).verify(body, headers)).not.toThrow();
        expect(JSON.parse(body)).toMatchObject({ data: { record: version.payload } });
        await until(async () => (await statuses(running))[0] === 'delivered');
      } finally {
        await running.end();
        await server.stop();
      }
    },
  );

  test('prints no secret if the output is not a terminal, and says how to know it', async ({ pcr }) => {
    pcr.isOutputTerminal = false;
    const { out, err } = await (await listening(pcr, 'http://127.0.0.1:1/')).end();
    expect(out + err).not.toContain('whsec_');
    expect(err).toMatch(
      /signing secret of ep_\w+ was created\. It is not printed, .* \(--secret-file\), .* \(--secrets-file\)/,
    );
  });

  test('writes the secret that signs to the file of --secrets-file', async ({ pcr }) => {
    pcr.isOutputTerminal = false;
    const folder = mkdtempSync(join(tmpdir(), 'listen-'));
    const path = join(folder, 'secrets.json');
    const server = await developed(204, '');
    const running = await listening(pcr, server.url, '--secrets-file', path);
    await hold(running, await storeOpportunities(running.pcr.relay, 1, 1));
    await until(() => server.received.length === 1);
    const { out, err } = await running.end();
    await server.stop();
    expect(out + err).not.toMatch(/whsec_|is not printed/);
    const [{ body, headers } = { body: '', headers: {} }] = server.received;
    const { secret } = JSON.parse(readFileSync(path, 'utf8'))[running.id];
    expect(new Webhook(secret).verify(body, headers)).toBeDefined();
    rmSync(folder, { recursive: true });
  });

  test('messages wait while the server is down, spend no attempt, and are cancelled at the end', async ({
    pcr,
  }) => {
    const server = await developed(204, '');
    await server.stop();
    const running = await listening(pcr, server.url);
    await hold(running, await storeOpportunities(running.pcr.relay, 1, 2));
    await until(() => running.pcr.notes().some((line) => line.includes('is down')));
    await until(async () => (await statuses(running)).every((status) => status === 'held'));
    const { code, err } = await running.end();
    expect(code).toBe(0);
    expect(err.match(/is down/g)).toHaveLength(1);
    expect(err).toContain('2 deliveries that waited were cancelled.');
    expect(await statuses(running)).toEqual(['cancelled', 'cancelled']);
  });

  test('a refused message is tried once and printed with the answer', async ({ pcr }) => {
    const server = await developed(400, 'not verified');
    const running = await listening(pcr, server.url, '--payload', 'thin');
    await hold(running, await storeOpportunities(running.pcr.relay, 1, 1));
    await until(async () => (await statuses(running)).includes('exhausted'));
    const { out } = await running.end();
    await server.stop();
    expect(out).toMatch(/-> 400 in \d+ ms, dlv_[0-9a-f]{32}\n {2}not verified/);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.body).not.toContain('"record"');
  });

  test('--only forwards the listed members and masks the others in a printed answer', async ({ pcr }) => {
    const server = await developed(422, 'O1000001 is in Stage 1');
    const running = await listening(pcr, server.url, '--only', '/Id');
    await hold(running, await storeOpportunities(running.pcr.relay, 1, 1));
    await until(async () => (await statuses(running)).includes('exhausted'));
    const { out } = await running.end();
    await server.stop();
    const { data } = JSON.parse(server.received[0]?.body ?? '{}');
    expect(data.record).toEqual({ Id: 'O1000001' });
    expect(out).toContain('O1000001 is in ***');
  });

  test('a broken connection counts as an attempt: a message that kills the receiver is not repeated', async ({
    pcr,
  }) => {
    let connections = 0;
    const server = await startLoopbackServer((request) => {
      connections += 1;
      request.socket.destroy();
    });
    const running = await listening(pcr, server.url);
    await hold(running, await storeOpportunities(running.pcr.relay, 1, 1));
    await until(async () => (await statuses(running)).includes('exhausted'));
    const { out } = await running.end();
    await server.stop();
    expect(out).toMatch(/-> unreachable in \d+ ms, dlv_\w+\n {2}\S+: connection closed .* \(ECONNRESET\)/);
    expect(connections).toBe(1);
  });

  test('removes what a killed command left behind', async ({ pcr }) => {
    await pcr.relay.endpoints.remove('ep_orders');
    const destination = { kind: 'listener', expiresAt: '2026-03-01T10:00:00.000Z' } as const;
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_left', destination }));
    const running = pcr.run('listen', 'http://127.0.0.1:1/');
    await until(async () => !(await pcr.relay.endpoints.find('ep_left')));
    pcr.interrupt();
    expect((await running).code).toBe(0);
    expect((await pcr.relay.endpoints.all()).endpoints).toEqual([]);
  });

  test.for([
    [['http://example.com/hook'], 'url:'],
    [['localhost:3000'], 'url:'],
    [['http://localhost:3000/hook', '--topic', 'oportunity.*'], 'topics[0]:'],
    [['http://localhost:3000/hook', '--payload', 'small'], 'payload:'],
    [['http://localhost:3000/hook', '--secret-file', '/no/such/file'], '--secret-file /no/such/file'],
    [['http://localhost:3000/hook', '--secrets-file', '/'], '--secrets-file /: cannot be created'],
    [
      ['http://localhost:3000/hook', '--secret-file', 'a', '--secrets-file', 'b'],
      '--secret-file, --secrets-file: allowed: one of them',
    ],
  ] as const)('%j exits with 2, says what is allowed, and changes nothing', async ([args, said], { pcr }) => {
    expect(await pcr.run('listen', ...args)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
    expect((await pcr.relay.endpoints.all()).endpoints).toHaveLength(1);
  });
});

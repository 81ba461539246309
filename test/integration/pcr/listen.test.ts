import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { readRow } from '../../../bin/pcr/stores/unreadable-rows.ts';
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
      expect(out).toMatch(/opportunity\.created AWS\/opportunity\/O1000001 1 -> 204\n {2}dlv_\w+, \d+ ms$/m);
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

  test('keeps its secret between starts, prints it once, and replaces it with --new-secret', async ({
    pcr,
  }) => {
    const path = join(pcr.stateFolder, 'listeners', 'PartnerCentralRelay.secret');
    const first = await listening(pcr, '1');
    const created = await first.end();
    expect(readFileSync(path, 'utf8')).toBe(`${first.secret}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(created.err).toContain(`It is kept in ${path} for later starts.`);

    const server = await developed(204, '');
    const second = await listening(pcr, server.url);
    await hold(second, await storeOpportunities(pcr.relay, 1, 1));
    await until(() => server.received.length === 1);
    const kept = await second.end();
    await server.stop();
    expect(kept.err).toContain(`signs with the secret kept in ${path}`);
    expect(kept.out + kept.err).not.toContain('whsec_');
    const [{ body, headers } = { body: '', headers: {} }] = server.received;
    expect(new Webhook(first.secret).verify(body, headers)).toBeDefined();

    const third = await listening(pcr, '1', '--new-secret');
    await third.end();
    expect(third.secret).not.toBe(first.secret);
    expect(readFileSync(path, 'utf8')).toBe(`${third.secret}\n`);
  });

  test('prints no secret if the output is not a terminal, and says where it is', async ({ pcr }) => {
    pcr.isOutputTerminal = false;
    const { out, err } = await (await listening(pcr, 'http://127.0.0.1:1/')).end();
    expect(out + err).not.toContain('whsec_');
    expect(err).toMatch(
      /ep_\w+ signs with a new secret, kept in \S+PartnerCentralRelay\.secret\. It is not printed/,
    );
  });

  test.for([
    ['open to other users', 0o644, `whsec_${Buffer.alloc(24, 7).toString('base64')}`],
    ['not a valid secret', 0o600, 'whsec_short'],
  ] as const)('refuses a kept secret that is %s', async ([problem, mode, value], { pcr }) => {
    const path = join(pcr.stateFolder, 'listeners', 'PartnerCentralRelay.secret');
    mkdirSync(dirname(path));
    writeFileSync(path, value, { mode });
    const { code, err } = await pcr.run('listen', '3000');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(`${path}: ${problem}`) });
    expect(err).not.toContain(value);
    expect((await pcr.relay.endpoints.all()).endpoints).toHaveLength(1);
  });

  test('follows no link in the place of the kept secret', async ({ pcr }) => {
    const path = join(pcr.stateFolder, 'listeners', 'PartnerCentralRelay.secret');
    const value = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    mkdirSync(dirname(path));
    writeFileSync(join(pcr.stateFolder, 'elsewhere'), value, { mode: 0o600 });
    symlinkSync(join(pcr.stateFolder, 'elsewhere'), path);
    const { code, err } = await pcr.run('listen', '3000');
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${path}: cannot be read (ELOOP); allowed: `),
    });
    expect(err).not.toContain(value);
  });

  test('says that a secret cannot be kept, and what to do', async ({ pcr }) => {
    writeFileSync(join(pcr.stateFolder, 'listeners'), 'a file in the place of the folder');
    expect(await pcr.run('listen', '3000')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('cannot be written (E'),
    });
    expect((await pcr.relay.endpoints.all()).endpoints).toHaveLength(1);
  });

  test('--print-json prints each message as one line of JSON, and nothing else on standard output', async ({
    pcr,
  }) => {
    const server = await developed(204, '');
    const running = await listening(pcr, new URL(server.url).port, '--print-json');
    const versions = await storeOpportunities(pcr.relay, 1, 2);
    await hold(running, versions);
    await until(() => server.received.length === 2);
    const { out, err } = await running.end();
    await server.stop();
    expect(out.split('\n').map((line): unknown => JSON.parse(line))).toMatchObject(
      versions.map(({ id, version }) => ({ data: { id, version } })),
    );
    expect(out.split('\n')).toEqual(server.received.map(({ body }) => body));
    expect(err).toMatch(/opportunity\.created AWS\/opportunity\/O1000001 1 -> 204/);
  });

  test('has a row that DynamoDB deletes by itself if the command is killed', async ({ pcr }) => {
    const running = await listening(pcr, '1');
    const { clients, output } = pcr.relay;
    const row = await readRow(clients.dynamodb, output('WebhooksTableName'), {
      pk: 'endpoint',
      sk: running.id,
    });
    await running.end();
    const expiresAtMs = Date.parse(String(row?.['listenerExpiresAt']));
    expect(row?.['expiresAtEpochSeconds']).toBe(Math.ceil((expiresAtMs + 60 * 60_000) / 1_000));
    const destination = { kind: 'listener', expiresAt: '2026-03-01T10:00:00.000Z' } as const;
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_left', destination }));
    expect((await pcr.run('endpoints', 'list')).out).not.toContain('ep_left');
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
    expect(out).toMatch(/-> 400\n {2}dlv_[0-9a-f]{32}, \d+ ms\n {2}not verified/);
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
    expect(out).toMatch(/-> unreachable\n {2}dlv_\w+, \d+ ms\n {2}\S+: connection closed .* \(ECONNRESET\)/);
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
    [['example.com:3000'], 'url:'],
    [['hook'], "command-argument value 'hook' is invalid for argument 'url'. Allowed: a port such as 3000"],
    [['99999'], "value '99999' is invalid for argument 'url'. Allowed: a port such as 3000"],
    [['http://localhost:3000/hook', '--topic', 'oportunity.*'], 'topics[0]:'],
    [['http://localhost:3000/hook', '--payload', 'small'], 'payload:'],
    [['http://localhost:3000/hook', '--secret-file', '/no/such/file'], '--secret-file /no/such/file'],
    [
      ['3000', '--secret-file', 'a', '--new-secret'],
      "option '--new-secret' cannot be used with option '--secret-file <file>'",
    ],
  ] as const)('%j exits with 2, says what is allowed, and changes nothing', async ([args, said], { pcr }) => {
    expect(await pcr.run('listen', ...args)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
    expect((await pcr.relay.endpoints.all()).endpoints).toHaveLength(1);
  });
});

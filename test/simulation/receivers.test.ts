import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../lambdas/ports/webhook-transport.ts';
import type { Post } from '../../local/chaos/chaos-receiver.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { Environment } from '../../local/simulation/environment.ts';
import { Receivers } from '../../local/simulation/receivers.ts';
import { newSecret } from '../../local/simulation/secrets.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

const secondMs = 1_000;
const hourMs = 3_600_000;
const secret = newSecret(seededRandom(1));
const otherSecret = newSecret(seededRandom(2));
const body = messageBody('opportunity.updated');

let world: SmallWorld;
let environment: Environment;
let receivers: Receivers;
let noticed: Post[];

function messageBody(type: string): string {
  return JSON.stringify({ type, data: { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', version: 7 } });
}

async function start(strikes: Strikes = {}, detail = 0.5): Promise<void> {
  world = smallWorld(strikes, detail);
  environment = new Environment('deliver 1', world.scheduler, 0);
  noticed = [];
  receivers = new Receivers(
    [
      { id: 'ep_all', topics: ['*'], catalogs: [] },
      { id: 'ep_steady', topics: ['*'], catalogs: [], isNeverDown: true },
      { id: 'ep_gone', topics: ['*'], catalogs: [] },
    ],
    { ...world, onPost: (received) => void noticed.push(received) },
  );
  for (const receiver of receivers.all()) receiver.secrets = [secret];
  await runUntil(world, 24 * hourMs);
}

interface Given {
  readonly endpointId?: string;
  readonly url?: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers that the library makes. */
function headersOf(text: string, signedWith = secret, ageMs = 0): Readonly<Record<string, string>> {
  const at = new Date(world.scheduler.nowMs() - ageMs);
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / secondMs)),
    'webhook-signature': new Webhook(signedWith).sign('msg_1', at, text),
  };
}

/** Posts a message and waits for the answer for ten seconds and a bit more. */
async function post(given: Given = {}): Promise<Answer | undefined> {
  const { endpointId = 'ep_all', text = body } = given;
  const { url = receivers.get(endpointId).url, headers = headersOf(text) } = given;
  const posting = receivers.connect(environment).post(url, headers, text, 10 * secondMs);
  const waiting = world.scheduler.sleep(11 * secondMs).then(() => undefined);
  await runUntil(world, world.scheduler.nowMs() + 11 * secondMs);
  return Promise.race([posting, waiting]);
}

beforeEach(() => start());

describe('Receivers', () => {
  it('answer 204 and note what they received', async () => {
    const startedAtMs = world.scheduler.nowMs();
    expect(await post()).toEqual({ outcome: 'delivered', status: 204 });
    expect(receivers.posts).toEqual([
      {
        endpointId: 'ep_all',
        webhookId: 'msg_1',
        body,
        path: 'AWS/opportunity/O1234567',
        version: 7,
        verified: true,
        startedAtMs: startedAtMs + 43,
        endedAtMs: startedAtMs + 246,
        outcome: 'delivered',
      },
    ]);
    expect(noticed).toEqual(receivers.posts);
  });

  it.each([
    ['accept the signature of an independent library', () => headersOf(body), true],
    ['refuse the signature of another secret', () => headersOf(body, otherSecret), false],
    ['refuse the signature of other bytes', () => headersOf(`${body} `), false],
    ['accept a timestamp that is almost five minutes old', () => headersOf(body, secret, 299_000), true],
    ['refuse a timestamp that is more than five minutes old', () => headersOf(body, secret, 301_000), false],
    ['refuse a timestamp in the future', () => headersOf(body, secret, -301_000), false],
    ['refuse a request without headers', () => ({}), false],
    ['refuse another id', () => ({ ...headersOf(body), 'webhook-id': 'msg_2' }), false],
    ['refuse an empty signature', () => ({ ...headersOf(body), 'webhook-signature': '' }), false],
  ] as const)('%s', async (_, headers, isVerified) => {
    await post({ headers: headers() });
    expect(receivers.posts.map(({ verified }) => verified)).toEqual([isVerified]);
  });

  it('accept either secret during a rotation, and one of several signatures', async () => {
    receivers.get('ep_all').secrets = [otherSecret, secret];
    await post();
    receivers.get('ep_all').secrets = [otherSecret];
    const signatures = [headersOf(body), headersOf(body, otherSecret)].map(
      (headers) => headers['webhook-signature'] ?? '',
    );
    await post({ headers: { ...headersOf(body), 'webhook-signature': signatures.join(' ') } });
    await post();
    expect(receivers.posts.map(({ verified }) => verified)).toEqual([true, true, false]);
  });

  it('are not reached at another address, which answers 404', async () => {
    const answer = await post({ url: 'https://ep-all.example.com/moved' });
    expect([answer, receivers.posts]).toEqual([expect.objectContaining({ status: 404 }), []]);
  });

  it('are down for a while, and then answer well again', async () => {
    await start({ 'receiver-fails': [true] });
    expect(await post()).toEqual({ outcome: 'refused', status: 500 });
    expect(await post()).toEqual({ outcome: 'unreachable', reason: 'ECONNRESET' });
    await runUntil(world, world.scheduler.nowMs() + hourMs);
    expect(await post()).toMatchObject({ status: 204 });
    expect(receivers.posts.map(({ outcome }) => outcome)).toEqual(['refused', 'hung-up', 'delivered']);
  });

  it('do not answer at all while they are silent, until the time of the attempt is over', async () => {
    await start({ 'receiver-silent': [true] });
    const startedAtMs = world.scheduler.nowMs();
    expect(await post()).toEqual({ outcome: 'timed-out', reason: 'no answer in time' });
    expect(receivers.posts).toMatchObject([{ outcome: 'silent', endedAtMs: startedAtMs + 10 * secondMs }]);
  });

  it('refuse messages of one type and take the others', async () => {
    await start({ 'receiver-refuses': [true] });
    const other = messageBody('opportunity.created');
    expect(await post()).toMatchObject({ status: 413 });
    expect(await post({ text: other })).toMatchObject({ status: 204 });
    expect(await post()).toMatchObject({ status: 413 });
    await runUntil(world, world.scheduler.nowMs() + 2 * hourMs);
    expect(await post()).toMatchObject({ status: 204 });
  });

  it.each([
    ['a date', 0.5, { status: 429, retryAfter: 'Fri, 02 Jan 1970 00:01:12 GMT' }],
    ['service unavailable', 0.9, { status: 503, retryAfter: '109' }],
  ])('ask to wait, the first time in seconds and then as %s', async (_, detail, second) => {
    await start({ 'receiver-busy': [true] }, detail);
    expect(await post()).toMatchObject({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
    expect(await post()).toMatchObject(second);
  });

  it('answer 410 from then on if they are the one that goes', async () => {
    await start({ 'receiver-gone': 'always' });
    expect(await post({ endpointId: 'ep_all' })).toMatchObject({ status: 204 });
    expect(await post({ endpointId: 'ep_gone' })).toMatchObject({ status: 410 });
    world.faults.endStorm();
    receivers.mend();
    expect(await post({ endpointId: 'ep_gone' })).toMatchObject({ status: 410 });
  });

  it('are never down if a subscription says so', async () => {
    await start({ 'receiver-fails': 'always', 'receiver-silent': 'always' });
    expect(await post({ endpointId: 'ep_steady' })).toMatchObject({ status: 204 });
  });

  it('answer well as soon as they are mended', async () => {
    await start({ 'receiver-fails': [true] });
    await post();
    receivers.mend();
    expect(await post()).toMatchObject({ status: 204 });
  });

  it('give no answer to a worker that has ended, and note when it ended', async () => {
    const startedAtMs = world.scheduler.nowMs();
    world.scheduler.after(100, () => environment.end());
    expect(await post()).toBeUndefined();
    expect(receivers.posts).toMatchObject([{ outcome: 'delivered', endedAtMs: startedAtMs + 100 }]);
  });

  it('receive nothing from a worker that ended before the request arrived', async () => {
    world.scheduler.after(10, () => environment.end());
    expect(await post()).toBeUndefined();
    expect(receivers.posts).toEqual([]);
  });

  it('are found by the id of their endpoint only', () => {
    expect(() => receivers.get('ep_other')).toThrow('there is no receiver ep_other');
  });
});

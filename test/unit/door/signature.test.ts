import { describe, expect, it } from 'vitest';
import { updateRequest } from '../commands/commands-world.ts';
import { bodyOf, doorWorld, nothingStored, type Signed, secretOf } from './door-world.ts';

const body = bodyOf(updateRequest());
const unauthorized = { statusCode: 401, members: { code: 'unauthorized' } };

describe('a request to the signed door', () => {
  it('is accepted if the client has signed it, and its repetition is answered from the row', async () => {
    const world = await doorWorld();
    const first = await world.send({ body });
    expect(first).toMatchObject({ statusCode: 202, members: { key: 'deal-1', status: 'accepted' } });
    world.clock.advance(60_000);
    expect(await world.send({ body })).toEqual({ ...first, statusCode: 200 });
    expect(world.stored().commands).toBe(1);
  });

  it('is accepted in base64, in which API Gateway passes bodies of other types', async () => {
    const world = await doorWorld();
    expect(await world.send({ body, isBase64Encoded: true })).toMatchObject({ statusCode: 202 });
  });

  it.each<[string, Signed]>([
    ['by an unknown client', { clientId: 'erp' }],
    ['with the secret of another client', { secrets: [secretOf(2)] }],
    ['with an empty signature', { headers: { 'webhook-signature': '' } }],
    ['with a signature of another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['with another key than the signed one', { headers: { 'webhook-id': 'deal-2' } }],
    ['with another timestamp than the signed one', { headers: { 'webhook-timestamp': '1772359206' } }],
    ['with a timestamp that is no number', { headers: { 'webhook-timestamp': 'now' } }],
    ['without a signature', { headers: { 'webhook-signature': undefined } }],
    ['without a timestamp', { headers: { 'webhook-timestamp': undefined } }],
    ['without a key', { headers: { 'webhook-id': undefined } }],
    ['without a client', { headers: { 'relay-client': undefined } }],
    ['with a client id that none can have', { clientId: '../endpoints/ep_crm' }],
    [
      'with the secret that stands in for those of unknown clients',
      { clientId: 'erp', secrets: [secretOf(0)] },
    ],
  ])('is refused %s, in the same words, and stores nothing', async (_case, options) => {
    const world = await doorWorld();
    const reference = await world.send({ body, secrets: [secretOf(9)] });
    expect(reference).toMatchObject(unauthorized);
    expect(await world.send({ body, ...options })).toEqual(reference);
    expect(world.stored()).toEqual(nothingStored);
    expect(world.requests.size).toBe(0);
    expect(world.metrics.totals()).toEqual({ RequestsUnauthorized: 2 });
  });

  it('is refused if its body is not the signed one', async () => {
    const world = await doorWorld();
    const signed = world.requestOf({ body });
    const { statusCode } = await world.newWorker()({
      ...signed,
      body: body.replace('Qualified', 'Committed'),
    });
    expect(statusCode).toBe(401);
    expect(world.stored()).toEqual(nothingStored);
  });

  it('is accepted with several signatures if one is valid', async () => {
    const world = await doorWorld();
    const secrets = [secretOf(7), secretOf(1)];
    expect(await world.send({ body, secrets })).toMatchObject({ statusCode: 202 });
  });

  it('is refused if its eleventh signature is the only valid one: no caller makes the door compare thousands', async () => {
    const world = await doorWorld();
    const secrets = [...Array.from({ length: 10 }, () => secretOf(7)), secretOf(1)];
    expect(await world.send({ body, secrets })).toMatchObject(unauthorized);
    expect(await world.send({ body, secrets: secrets.slice(1) })).toMatchObject({ statusCode: 202 });
  });

  it.each([
    [202, -300],
    [202, 300],
    [401, -301],
    [401, 301],
  ])('is answered with %i if its timestamp is %i seconds from now', async (statusCode, seconds) => {
    const world = await doorWorld();
    const answer = await world.send({ body, nowMs: world.clock.nowMs() + seconds * 1_000 });
    expect(answer.statusCode).toBe(statusCode);
    if (statusCode === 401) expect(answer.members['code']).toBe('stale-timestamp');
  });

  it('a client learns that the timestamp of its request is old only if it has signed it', async () => {
    const world = await doorWorld();
    const nowMs = world.clock.nowMs() - 3_600_000;
    expect(await world.send({ body, nowMs, secrets: [secretOf(2)] })).toMatchObject(unauthorized);
    expect(await world.send({ body, nowMs })).toMatchObject({ members: { code: 'stale-timestamp' } });
  });
});

describe('the secrets of a client', () => {
  it('both secrets of a client are valid while it rotates, the newest at once', async () => {
    const world = await doorWorld();
    await world.send({ body, key: 'a' });
    world.clock.advance(6_000);
    world.secrets.set('crm', [secretOf(2), secretOf(1)]);
    for (const [key, fill] of [
      ['b', 2],
      ['c', 1],
    ] as const)
      expect(await world.send({ body, key, secrets: [secretOf(fill)] })).toMatchObject({ statusCode: 202 });
  });

  it('the old secret of a client is no longer valid five minutes after the end of a rotation', async () => {
    const world = await doorWorld();
    await world.send({ body, key: 'a' });
    world.secrets.set('crm', [secretOf(2)]);
    world.clock.advance(300_000);
    expect(await world.send({ body, key: 'b' })).toMatchObject(unauthorized);
    expect(await world.send({ body, key: 'c', secrets: [secretOf(2)] })).toMatchObject({ statusCode: 202 });
  });

  it('secrets that cannot be used are logged without a value, and nothing is signed by them', async () => {
    const world = await doorWorld();
    world.secrets.delete('crm');
    expect(await world.send({ body })).toMatchObject(unauthorized);
    expect(world.log.lines).toEqual([
      {
        level: 'error',
        event: 'secret.degraded',
        fields: { clientId: 'crm', error: 'ResourceNotFoundException' },
      },
    ]);
  });
});

describe('what a request without a valid signature costs', () => {
  it('requests of an unknown client cost one read in ten seconds, however many come', async () => {
    const world = await doorWorld();
    for (let times = 0; times < 100; times += 1) await world.send({ body, clientId: 'erp' });
    expect(world.reads).toEqual({ clients: 1, secrets: 0 });
  });

  it('requests with a bad signature cost one read of the secret of a known client in five seconds', async () => {
    const world = await doorWorld();
    await world.send({ body });
    for (let times = 0; times < 100; times += 1) {
      await world.send({ body, secrets: [secretOf(3)] });
      world.clock.advance(99);
    }
    expect(world.reads).toEqual({ clients: 1, secrets: 2 });
  });

  it('a request with an id that no client can have costs no read', async () => {
    const world = await doorWorld();
    await world.send({ body, clientId: 'x'.repeat(41) });
    expect(world.reads).toEqual({ clients: 0, secrets: 0 });
  });
});

import { describe, expect, it, vi } from 'vitest';
import { problemDocument } from '../../../lambdas/commands/problem-document.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { mostRequestBytes } from '../../../lambdas/core/command-request.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { signingClient } from '../../builders/clients.ts';
import { updateRequest } from '../commands/commands-world.ts';
import { bodyOf, doorWorld, nothingStored, type Signed } from './door-world.ts';

const body = bodyOf(updateRequest());

describe('POST /commands of the signed door', () => {
  it.each<[number, string, Signed, Partial<Client>]>([
    [400, 'no-json', { body: '{' }, {}],
    [400, 'no-json', { body: '' }, {}],
    [400, 'invalid-key', { body, key: 'x'.repeat(256) }, {}],
    [403, 'client-disabled', { body }, { disabled: true }],
    [403, 'not-allowed', { body }, { actions: ['invitation.accept'] }],
    [403, 'not-allowed', { body }, { catalogs: ['Sandbox'] }],
    [403, 'not-allowed', { body }, { writable: ['/Project'] }],
    [403, 'not-allowed', { body }, { never: ['/LifeCycle/Stage'] }],
    [422, 'invalid', { body: '[]' }, {}],
    [422, 'invalid', { body: bodyOf(updateRequest({ action: 'opportunity.delete' })) }, {}],
    [422, 'unknown-target', { body: bodyOf(updateRequest({ target: 'O999' })) }, {}],
  ])('answers %i %s with a problem document, and stores nothing', async (status, code, options, client) => {
    const world = await doorWorld(client);
    const answer = await world.send(options);
    expect(answer).toMatchObject({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      members: { type: `urn:partner-central-relay:problem:${code}`, status, code },
    });
    expect(world.stored()).toEqual(nothingStored);
  });

  it('names the member of the request that the client may not change', async () => {
    const world = await doorWorld({ never: ['/LifeCycle/Stage'] });
    expect((await world.send({ body })).members).toMatchObject({
      errors: [{ pointer: '#/patch/LifeCycle/Stage' }],
    });
  });

  it('answers 409 if the key belongs to another request of this client', async () => {
    const world = await doorWorld();
    await world.send({ body });
    const other = bodyOf(updateRequest({ note: 'other' }));
    expect(await world.send({ body: other })).toMatchObject({
      statusCode: 409,
      members: { code: 'key-reused' },
    });
  });

  it('answers 413 to a body over 64 KB before it looks at its signature', async () => {
    const world = await doorWorld();
    const large = bodyOf(updateRequest({ note: 'x'.repeat(mostRequestBytes) }));
    const secrets: Signed['secrets'] = [];
    for (const isBase64Encoded of [false, true])
      expect(await world.send({ body: large, secrets, isBase64Encoded })).toMatchObject({
        statusCode: 413,
        members: { code: 'too-large' },
      });
    expect(world.reads).toEqual({ clients: 0, secrets: 0 });
  });

  it('answers a check from the signed body, and stores nothing', async () => {
    const world = await doorWorld();
    expect(await world.send({ body: bodyOf(updateRequest({ check: true })) })).toMatchObject({
      statusCode: 200,
      members: { changes: [{ path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' }] },
    });
    expect(world.stored()).toEqual(nothingStored);
  });

  it('answers 503 with a wait while the table is not available', async () => {
    const world = await doorWorld();
    const failure = new ServiceError('store.unavailable', { operation: 'current', error: 'TimeoutError' });
    vi.spyOn(world.records, 'current').mockRejectedValue(failure);
    expect(await world.send({ body })).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '2', 'content-type': 'application/problem+json' },
      members: { code: 'unavailable' },
    });
  });

  it('writes no value of a request to the log', async () => {
    const world = await doorWorld();
    await world.send({ body: bodyOf(updateRequest({ note: 'Secret note' })), key: 'Secret-key' });
    await world.send({ body: bodyOf(updateRequest({ patch: { Arn: 'Secret Arn' } })), key: 'b' });
    await world.send({ body: 'Secret body', key: 'c', clientId: 'erp' });
    expect(world.log.lines.map(({ event }) => event)).toEqual(['command.accepted', 'command.refused']);
    expect(JSON.stringify(world.log.lines)).not.toContain('Secret');
  });
});

describe('the rate of a client', () => {
  it('admits ten seconds worth at once, and then answers 429 with the wait', async () => {
    const world = await doorWorld({ requestsPerMinute: 60 });
    for (let times = 0; times < 10; times += 1)
      expect(await world.send({ body, key: `deal-${times}` })).toMatchObject({ statusCode: 202 });
    expect(await world.send({ body, key: 'more' })).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '1' },
      members: { code: 'too-many-requests' },
    });
    expect(await world.find('more')).toBeUndefined();
    world.clock.advance(1_000);
    expect(await world.send({ body, key: 'more' })).toMatchObject({ statusCode: 202 });
  });

  it('counts the requests that all workers get', async () => {
    const world = await doorWorld({ requestsPerMinute: 60 });
    const workers = [world.newWorker(), world.newWorker()];
    const answers = [];
    for (let times = 0; times < 12; times += 1)
      answers.push(await world.send({ key: 'deal-1' }, workers[times % 2]));
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(2);
  });

  it('is not used up by requests that others sign, nor by those of a disabled client', async () => {
    const world = await doorWorld({ disabled: true });
    for (let times = 0; times < 20; times += 1) await world.send({ body, secrets: [] });
    await world.send({ body });
    expect(world.requests.size).toBe(0);
  });
});

describe('GET /commands/{key+} of the signed door', () => {
  it.each([
    ['as it was written', 'deal-1/stage', 'deal-1/stage'],
    ['decoded', 'deal-1/stage', encodeURIComponent('deal-1/stage')],
    ['with a percent sign', '50%25', '50%25'],
  ])('finds a command by the key that is signed with an empty body, %s', async (_case, key, pathKey) => {
    const world = await doorWorld();
    await world.send({ body, key });
    expect(await world.send({ key, pathKey })).toMatchObject({
      statusCode: 200,
      members: { key, status: 'accepted', request: updateRequest() },
    });
  });

  it('is refused if the signed key is not the one in the path', async () => {
    const world = await doorWorld();
    await world.send({ body, key: 'a' });
    expect(await world.send({ key: 'b', pathKey: 'a' })).toMatchObject({ statusCode: 401 });
  });

  it('answers 404 for a command of another client', async () => {
    const world = await doorWorld();
    await world.send({ body });
    world.clients.put(signingClient({ id: 'erp' }));
    world.secrets.set('erp', world.secrets.get('crm') ?? []);
    expect(await world.send({ clientId: 'erp' })).toMatchObject({
      statusCode: 404,
      members: { code: 'not-found' },
    });
  });

  it('hides what the client may never see, also if that was decided after its request', async () => {
    const world = await doorWorld();
    const patch = { LifeCycle: { Stage: 'Qualified', NextSteps: 'call Jane' }, Project: { Title: 'Jane' } };
    await world.send({ body: bodyOf(updateRequest({ patch })) });
    world.clients.put(signingClient({ never: ['/LifeCycle/NextSteps', '/Project'] }));
    world.clock.advance(10_000);
    const { members } = await world.send({});
    expect(members).toMatchObject({
      paths: ['/LifeCycle/Stage', '/LifeCycle/NextSteps', '/Project/Title'],
      request: { patch: { LifeCycle: { Stage: 'Qualified' } } },
    });
    expect(JSON.stringify(members)).not.toContain('Jane');
  });
});

it('a problem document never fails, whatever the names of members are', () => {
  const { errors } = problemDocument('invalid', 'x', [
    { path: '/patch/a b#"<\ud800', message: 'not a member' },
  ]);
  expect(errors).toEqual([{ detail: 'not a member', pointer: '#/patch/a%20b%23%22%3C%EF%BF%BD' }]);
});

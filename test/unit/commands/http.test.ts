import { describe, expect, it, vi } from 'vitest';
import { commandsContract } from '../../../lambdas/commands/contract.ts';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { parseValue } from '../../../lambdas/core/value-schema.ts';
import type { HttpRequestOptions } from '../../builders/http-requests.ts';
import { type CommandsWorld, commandsWorld, updateRequest } from './commands-world.ts';

const assignment = {
  action: 'opportunity.assign',
  catalog: 'AWS',
  target: 'O1234567',
  assignee: { Email: 'jane@example.com', FirstName: 'Jane', LastName: 'Doe', BusinessTitle: 'PM' },
};

async function answerTo(request: HttpRequestOptions, { http }: CommandsWorld) {
  const { statusCode, headers, body } = await http(request);
  const members = parseJson(body);
  if (!isJsonObject(members)) throw new Error('the body is no object');
  return { statusCode, headers, members };
}

function post(body: JsonObject | string, key?: string): HttpRequestOptions {
  return {
    method: 'POST',
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

describe('POST /commands', () => {
  it('answers 202 for a new command, and 200 for its repetition', async () => {
    const world = await commandsWorld();
    const first = await answerTo(post(updateRequest(), 'deal-1/stage'), world);
    expect(first).toMatchObject({
      statusCode: 202,
      headers: { 'content-type': 'application/json' },
      members: { key: 'deal-1/stage', status: 'accepted', target: { id: 'O1234567' } },
    });
    expect(await answerTo(post(updateRequest(), 'deal-1/stage'), world)).toEqual({
      ...first,
      statusCode: 200,
    });
    expect(world.metrics.totals()).toEqual({ CommandsAccepted: 1 });
  });

  it('reads a body that API Gateway has encoded', async () => {
    const world = await commandsWorld();
    const body = Buffer.from(JSON.stringify(updateRequest())).toString('base64');
    const request = { ...post(body, 'a'), isBase64Encoded: true };
    expect(await answerTo(request, world)).toMatchObject({ statusCode: 202 });
  });

  it.each<[number, string, HttpRequestOptions]>([
    [400, 'no-json', post('{', 'a')],
    [400, 'no-json', { method: 'POST' }],
    [400, 'invalid-key', post(updateRequest())],
    [403, 'not-enabled', post(assignment, 'a')],
    [413, 'too-large', post(updateRequest({ note: 'x'.repeat(70_000) }), 'a')],
    [422, 'invalid', post(updateRequest({ action: 'opportunity.delete' }), 'a')],
    [422, 'unknown-target', post(updateRequest({ target: 'O999' }), 'a')],
  ])('answers %i %s, and stores nothing', async (statusCode, code, request) => {
    const world = await commandsWorld();
    expect(await answerTo(request, world)).toMatchObject({ statusCode, members: { code } });
    expect(world.stored()).toEqual({ commands: 0, lines: 0, contents: 0, intents: 0 });
  });

  it('answers every error with a problem document, whose pointers name members of the request', async () => {
    const world = await commandsWorld();
    const request = updateRequest({ onConflict: 'ask', patch: { 'a #1/%': 1 }, [`\ud800`]: 1 });
    const answer = await answerTo(post(request, 'a'), world);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(answer.members).toMatchObject({
      type: 'urn:partner-central-relay:problem:invalid',
      title: 'The request is not valid',
      status: 422,
      code: 'invalid',
      errors: [
        { pointer: '#/onConflict', detail: '"ask"; allowed: one of fail, overwrite' },
        {
          pointer: '#/%EF%BF%BD',
          detail: expect.stringMatching(/^not a member of this request; allowed: action, catalog, /u),
        },
      ],
    });
    const readOnly = await answerTo(post(updateRequest({ patch: { Id: 'O1', 'a #1/%': {} } }), 'a'), world);
    expect(readOnly.members).toMatchObject({ errors: [{ pointer: '#/patch/Id' }] });
    const list = await answerTo(post('[]', 'a'), world);
    expect(list.members).toMatchObject({
      errors: [{ pointer: '#', detail: 'an empty list; allowed: an object' }],
    });
  });

  it('answers 409 if the key belongs to another request', async () => {
    const world = await commandsWorld();
    await world.http(post(updateRequest(), 'a'));
    expect(await answerTo(post(updateRequest({ note: 'other' }), 'a'), world)).toMatchObject({
      statusCode: 409,
      members: { code: 'key-reused' },
    });
    expect(world.metrics.totals()).toEqual({ CommandsAccepted: 1, CommandsRefused: 1 });
  });

  it('answers a check without a key, and stores nothing', async () => {
    const world = await commandsWorld();
    expect(await answerTo(post(updateRequest({ check: true })), world)).toMatchObject({
      statusCode: 200,
      members: {
        changes: [{ path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' }],
        locked: false,
        needsApproval: false,
        problems: [],
      },
    });
    expect(world.stored()).toEqual({ commands: 0, lines: 0, contents: 0, intents: 0 });
  });

  it('answers 503 with a wait while the table is not available', async () => {
    const world = await commandsWorld();
    vi.spyOn(world.records, 'current').mockRejectedValue(
      new ServiceError('store.unavailable', { operation: 'current', error: 'TimeoutError' }),
    );
    expect(await answerTo(post(updateRequest(), 'a'), world)).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '2' },
      members: { type: 'urn:partner-central-relay:problem:unavailable', status: 503, code: 'unavailable' },
    });
  });

  it('writes no value of a request to the log', async () => {
    const world = await commandsWorld();
    const patch = { Customer: { Account: { CompanyName: 'Secret Corp' } } };
    await world.http(post(updateRequest({ patch, note: 'Secret note' }), 'a'));
    await world.http(post(updateRequest({ patch: { Arn: 'Secret Arn' } }), 'b'));
    expect(world.log.lines.map(({ event }) => event)).toEqual(['command.accepted', 'command.refused']);
    expect(JSON.stringify(world.log.lines)).not.toContain('Secret');
  });
});

describe('GET /commands/{key+}', () => {
  it.each([
    ['as it was written', 'deal-1/stage', 'deal-1/stage'],
    ['decoded once', 'deal-1/stage', encodeURIComponent('deal-1/stage')],
    ['with a percent sign', '50%25', '50%25'],
  ])('finds a command by its key, %s', async (_case, key, inPath) => {
    const world = await commandsWorld();
    await world.http(post(updateRequest(), key));
    expect(await answerTo({ method: 'GET', key: inPath }, world)).toMatchObject({
      statusCode: 200,
      members: { key, status: 'accepted', request: updateRequest() },
    });
  });

  it('answers 404 for a key of another client', async () => {
    const world = await commandsWorld();
    await world.http(post(updateRequest(), 'a'));
    const userArn = 'arn:aws:iam::111122223333:user/erp';
    expect(await answerTo({ method: 'GET', key: 'a', userArn }, world)).toMatchObject({
      statusCode: 404,
      members: { code: 'not-found' },
    });
  });

  it('finds a command from another session of the same role', async () => {
    const world = await commandsWorld();
    await world.http(post(updateRequest(), 'a'));
    const userArn = 'arn:aws:sts::111122223333:assumed-role/crm/session-2';
    expect(await answerTo({ method: 'GET', key: 'a', userArn }, world)).toMatchObject({ statusCode: 200 });
  });
});

it('the environment names what is enabled, once, in catalogs and actions that exist', () => {
  const { COMMANDS } = commandsContract.environment;
  expect(parseValue(COMMANDS, 'AWS:opportunity.update,Sandbox:invitation.accept')).toEqual({
    value: ['AWS:opportunity.update', 'Sandbox:invitation.accept'],
  });
  for (const given of ['', 'opportunity.update', 'AWS:opportunity.delete', 'Other:opportunity.update'])
    expect(parseValue(COMMANDS, given)).toHaveProperty('allowed');
});

import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commandDoors } from '../../../docs/generate/openapi/command-doors.ts';
import { openApiFiles } from '../../../docs/generate/openapi/openapi-files.ts';
import type { HttpAnswer } from '../../../lambdas/commands/answer.ts';
import { problemTypes } from '../../../lambdas/commands/problem-document.ts';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { commandsWorld, updateRequest } from '../commands/commands-world.ts';
import { doorWorld, type Signed } from '../door/door-world.ts';

const textOf = (file: string) => readFileSync(`docs/commands/${file}`, 'utf8');

function documentOf(file: string): JsonObject {
  const document: unknown = parse(textOf(file));
  if (!isJsonObject(document)) throw new Error(`${file} is no object`);
  return document;
}

/** Validates by the schema at a place of a document, in which all references are found. */
function validatorOf(file: string) {
  const ajv = new Ajv2020({ formats: fullFormats, strict: false, allErrors: true });
  ajv.addSchema(documentOf(file), file);
  return (steps: readonly string[], value: unknown): string => {
    const pointer = steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    const validate = ajv.getSchema(`${file}#${encodeURI(pointer)}`);
    if (!validate) return `the document has no ${pointer}`;
    return validate(value) === true ? '' : ajv.errorsText(validate.errors);
  };
}

/** Returns what is wrong with an answer of a door by its document. */
function problemsOf(file: string, method: 'post' | 'get', { statusCode, headers, body }: HttpAnswer): string {
  const path = method === 'post' ? '/commands' : '/commands/{key}';
  const type = headers['content-type'] ?? '';
  const responses = ['paths', path, method, 'responses', String(statusCode)];
  return validatorOf(file)([...responses, 'content', type, 'schema'], JSON.parse(body));
}

/** The bodies of the requests that docs/commands.md has as examples. */
function documentedRequests(): readonly JsonObject[] {
  const blocks = [
    ...readFileSync('docs/commands.md', 'utf8').matchAll(/^```http\nPOST [^{`]*(\{[^`]*)```/gm),
  ];
  return blocks.map(([, body = '']) => JSON.parse(body)).filter(isJsonObject);
}

function requestProblems(request: JsonObject): string {
  return validatorOf('signed-door.yaml')(['components', 'schemas', 'Request'], request);
}

it('docs/commands has the OpenAPI documents that are generated from the code', () => {
  const stale = [...openApiFiles()].filter(([file, text]) => textOf(file) !== text).map(([file]) => file);
  expect(stale, 'docs/commands is stale: npm run docs -- openapi').toEqual([]);
  expect([...openApiFiles().keys()]).toEqual(commandDoors.map(({ file }) => file));
});

it.each(commandDoors.map(({ file }) => [file]))(
  '%s is a valid document by an independent validator of OpenAPI',
  async (file) => {
    const validator = new Validator();
    expect(await validator.validate(textOf(file))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    const broken = textOf(file).replace('operationId: sendCommand', 'operationId: [1]');
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  },
);

it.each(commandDoors.map(({ file }) => [file]))('%s has schemas that are valid by themselves', (file) => {
  const { components } = documentOf(file);
  const schemas = Object.values(Object(Object(components).schemas));
  expect(schemas.length).toBeGreaterThan(4);
  const ajv = new Ajv2020({ formats: fullFormats, strict: false });
  for (const schema of schemas) expect(ajv.validateSchema(Object(schema)), ajv.errorsText()).toBe(true);
});

describe('the signed door, compared with its OpenAPI document,', () => {
  const body = JSON.stringify(updateRequest());
  const file = 'signed-door.yaml';

  it.each<[number, Signed]>([
    [202, { body }],
    [200, { body: JSON.stringify(updateRequest({ check: true })) }],
    [400, { body: '{' }],
    [401, { body, secrets: [] }],
    [401, { body, nowMs: 0 }],
    [413, { body: 'x'.repeat(70_000) }],
    [422, { body: JSON.stringify(updateRequest({ target: 'O9' })) }],
    [422, { body: '{"a/b":1}' }],
    [404, {}],
  ])('answers a request with %i as documented', async (status, options) => {
    const world = await doorWorld();
    const answer = await world.newWorker()(world.requestOf(options));
    expect(answer.statusCode).toBe(status);
    expect(problemsOf(file, options.body === undefined ? 'get' : 'post', answer)).toBe('');
  });

  it('answers a repetition, a reused key, a disabled client, a flood and a GET as documented', async () => {
    const world = await doorWorld({ requestsPerMinute: 1 });
    const door = world.newWorker();
    const [get, post] = [world.requestOf({}), world.requestOf({ body })];
    const other = world.requestOf({ body: JSON.stringify(updateRequest({ note: 'other' })) });
    for (const [status, request] of [
      [202, post],
      [200, post],
      [409, other],
      [200, get],
      [200, get],
      [429, get],
    ] as const) {
      const answer = await door(request);
      expect(answer.statusCode).toBe(status);
      expect(problemsOf(file, request === get ? 'get' : 'post', answer)).toBe('');
    }
    const disabled = await doorWorld({ disabled: true });
    const refused = await disabled.newWorker()(disabled.requestOf({ body }));
    expect(problemsOf(file, 'post', refused)).toBe('');
  });

  it('answers a creation with followers, its repetition and its check as documented', async () => {
    const actions = ['opportunity.create', 'opportunity.associate', 'opportunity.submit'] as const;
    const enabled = actions.map((action) => `AWS:${action}` as const);
    const world = await doorWorld({ actions }, enabled);
    const door = world.newWorker();
    const create = documentedRequests().find(({ followedBy }) => followedBy !== undefined) ?? {};
    const post = world.requestOf({ body: JSON.stringify(create) });
    const check = world.requestOf({ body: JSON.stringify({ ...create, check: true }) });
    for (const [status, request] of [
      [202, post],
      [200, post],
      [200, check],
    ] as const) {
      const answer = await door(request);
      expect(answer.statusCode).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ followedBy: [{}, {}] });
      expect(problemsOf(file, 'post', answer)).toBe('');
      const broken = { ...JSON.parse(answer.body), followedBy: [1] };
      expect(problemsOf(file, 'post', { ...answer, body: JSON.stringify(broken) })).not.toBe('');
    }
  });

  it('is found out when it gives an answer that the document does not describe', async () => {
    const world = await doorWorld();
    const answer = await world.newWorker()(world.requestOf({ body }));
    expect(problemsOf(file, 'post', { ...answer, statusCode: 418 })).toContain('has no');
    expect(problemsOf(file, 'post', { ...answer, body: '{"id":1}' })).toContain('must be string');
  });
});

describe('the door for callers with credentials of AWS, compared with its OpenAPI document,', () => {
  const file = 'iam-door.yaml';

  it.each([
    [202, updateRequest(), 'a'],
    [200, updateRequest({ check: true }), undefined],
    [400, updateRequest(), undefined],
    [
      403,
      updateRequest({ catalog: 'Sandbox', action: 'invitation.accept', target: 'engi-0000000000000' }),
      'a',
    ],
    [413, updateRequest({ note: 'x'.repeat(70_000) }), 'a'],
    [422, updateRequest({ target: 'O9' }), 'a'],
  ])('answers a request with %i as documented', async (status, request, key) => {
    const world = await commandsWorld();
    const headers: Readonly<Record<string, string>> = key === undefined ? {} : { 'idempotency-key': key };
    const { patch: _, ...members } = request;
    const body = JSON.stringify(status === 403 ? members : request);
    const answer = await world.http({ method: 'POST', headers, body });
    expect(answer.statusCode).toBe(status);
    expect(problemsOf(file, 'post', answer)).toBe('');
  });

  it('answers a GET as documented, whether it finds the command or not', async () => {
    const world = await commandsWorld();
    await world.http({
      method: 'POST',
      headers: { 'idempotency-key': 'a' },
      body: JSON.stringify(updateRequest()),
    });
    for (const key of ['a', 'b'])
      expect(problemsOf(file, 'get', await world.http({ method: 'GET', key }))).toBe('');
  });
});

describe('the schema of a request', () => {
  it('allows requests that the doors accept', () => {
    const target = { partnerId: 'deal-4711' };
    expect(requestProblems(updateRequest({ target, expiresAt: '2026-12-31T00:00:00Z', note: 'x' }))).toBe('');
  });

  it('allows every request of docs/commands.md that the doors accept', () => {
    const requests = documentedRequests();
    expect(requests.length).toBeGreaterThan(8);
    const wrong = requests.filter(({ onConflict }) => onConflict === 'ask');
    expect(wrong.map(requestProblems)).not.toContain('');
    const problems = requests.filter((request) => !wrong.includes(request)).map(requestProblems);
    expect(new Set(problems)).toEqual(new Set(['']));
  });

  it('allows commands behind a creation only, in a list that is not empty', () => {
    const followedBy = [{ action: 'opportunity.submit', involvementType: 'Co-Sell' }];
    const create = { action: 'opportunity.create', catalog: 'AWS', opportunity: {} };
    expect(requestProblems({ ...create, followedBy })).toBe('');
    for (const wrong of [{ ...create, followedBy: [] }, updateRequest({ followedBy })])
      expect(requestProblems(wrong)).not.toBe('');
  });

  it('refuses unknown actions, unknown members and missing ones', () => {
    const wrong: readonly JsonObject[] = [{ action: 'opportunity.delete' }, { onFire: 'wait' }, { patch: 1 }];
    for (const members of wrong) expect(requestProblems(updateRequest(members))).not.toBe('');
  });
});

it('docs/commands.md lists every problem with its status and code, and no others', () => {
  const table = [...readFileSync('docs/commands.md', 'utf8').matchAll(/^\| (\d{3}) \| `([a-z-]+)` \|/gm)];
  const documented = table.map(([, status, code]) => `${status} ${code}`);
  const known = Object.entries(problemTypes).map(([code, { status }]) => `${status} ${code}`);
  expect(documented.toSorted()).toEqual(known.toSorted());
});

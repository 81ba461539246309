import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entityTypes } from '../../../lambdas/core/command.ts';
import { isJsonObject } from '../../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../../lambdas/core/json-text.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { engagementKey, opportunityKey } from '../../builders/versions.ts';
import { commandsWorld } from '../commands/commands-world.ts';
import { readSections } from './markdown.ts';

const document = readFileSync('docs/commands.md', 'utf8');

interface Example {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** Every section with a request and an answer. */
function readExamples(): readonly Example[] {
  return readSections(document, 3).flatMap(({ title, text }): Example[] => {
    const request = /```http\n(GET|POST) (\S+)\n(?:Idempotency-Key: (\S+)\n)?\n?([^`]*)```/.exec(text);
    const answer = /The answer is `(\d+)`:\n\n```json\n([^`]*)```/.exec(text);
    if (!request && !answer) return [];
    if (!request || !answer) throw new Error(`${title}: it has only a request, or only an answer`);
    const [, method, path = '', key, body = ''] = request;
    const headers: Example['headers'] = key === undefined ? {} : { 'idempotency-key': key };
    return [
      {
        title,
        method: method === 'GET' ? 'GET' : 'POST',
        path,
        headers,
        body,
        status: Number(answer[1]),
        answer: answer[2] ?? '',
      },
    ];
  });
}

/** The records that the examples need. Lead is the type of the first context. */
async function examplesWorld() {
  const world = await commandsWorld([
    'AWS:engagement.update_context',
    'AWS:invitation.accept',
    'AWS:opportunity.associate',
    'AWS:opportunity.create',
    'AWS:opportunity.submit',
    'AWS:opportunity.update',
  ]);
  const partnerId = 'deal-4712';
  await world.put(
    { ...opportunityKey, id: 'O7654321' },
    opportunityPayload({ id: 'O7654321', reviewStatus: 'Approved', partnerId }),
  );
  const lead = { QualificationStatus: 'New', Customer: { MarketSegment: 'Small' } };
  const contexts = [{ Id: '1', Type: 'Lead', Payload: { Lead: lead } }];
  await world.put(engagementKey, engagementPayload({ contexts }));
  return world;
}

it('docs/commands.md has twelve examples, and each has the answer that it gets', async () => {
  const world = await examplesWorld();
  const examples = readExamples();
  expect(examples.map(({ title }) => title.split('.')[0])).toEqual(
    Array.from({ length: 12 }, (_, index) => String(index + 1)),
  );
  for (const { title, method, path, headers, body, status, answer } of examples) {
    const key = method === 'GET' ? path.slice('/commands/'.length) : undefined;
    const request = { method, headers, body, ...(key !== undefined && { key }) };
    const { statusCode, body: answered } = await world.http(request);
    expect({ title, status: statusCode, answer: parseJson(answered) }).toEqual({
      title,
      status,
      answer: parseJson(answer),
    });
  }
});

it('docs/commands.md names every type of a related entity', () => {
  expect(entityTypes.filter((type) => !document.includes(`\`${type}\``))).toEqual([]);
});

it('a check of the documented creation and submission has no warnings', async () => {
  const world = await examplesWorld();
  const example = readExamples().find(({ body }) => body.includes('followedBy'));
  const request = parseJson(example?.body ?? '');
  if (!isJsonObject(request)) throw new Error('the example is no object');
  const body = stringifyJson({ ...request, check: true });
  const { body: answered } = await world.http({ method: 'POST', headers: {}, body });
  const clean = { problems: [], warnings: [] };
  expect(parseJson(answered)).toMatchObject({ ...clean, followedBy: [clean, clean] });
});

async function ask(request: object) {
  const world = await examplesWorld();
  const headers = { 'idempotency-key': 'a-patch' };
  const { statusCode, body } = await world.http({ method: 'POST', headers, body: JSON.stringify(request) });
  return { statusCode, body: parseJson(body) };
}

describe('a patch, as docs/commands.md describes it', () => {
  const target = { action: 'opportunity.update', catalog: 'AWS', target: 'O1234567' };

  it('a misspelt member is accepted, and a check warns of it', async () => {
    const misspelt = { ...target, patch: { LifeCycle: { NextStep: 'Send the offer' } } };
    expect(await ask(misspelt)).toMatchObject({ statusCode: 202 });
    expect(await ask({ ...misspelt, check: true })).toMatchObject({
      statusCode: 200,
      body: { warnings: [{ path: '/patch/LifeCycle/NextStep' }] },
    });
  });

  it('a problem inside of a patch is named when the other members are valid', async () => {
    const wrong = { ...target, patch: { Id: 'O7654321' } };
    expect(await ask({ ...wrong, onConflict: 'ask' })).toMatchObject({
      statusCode: 422,
      body: { errors: [{ pointer: '#/onConflict' }] },
    });
    expect(await ask(wrong)).toMatchObject({
      statusCode: 422,
      body: { errors: [{ pointer: '#/patch/Id' }] },
    });
  });
});

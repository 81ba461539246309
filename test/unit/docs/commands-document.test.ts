import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
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

it('docs/commands.md has ten examples, and each has the answer that it gets', async () => {
  const world = await commandsWorld();
  const partnerId = 'deal-4712';
  await world.put(
    { ...opportunityKey, id: 'O7654321' },
    opportunityPayload({ id: 'O7654321', reviewStatus: 'Approved', partnerId }),
  );
  const examples = readExamples();
  expect(examples.map(({ title }) => title.split('.')[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => String(index + 1)),
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

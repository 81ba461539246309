import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../lambdas/core/event-pattern.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { describeUnless } from '../describe-unless.ts';
import { arbitraryEvents, arbitraryPatterns, arbitraryStructures } from './arbitrary-patterns.ts';

/** Answers of AWS's matcher: `refused`, or 1 or 0 for each event of the group. */
const table = v.parse(
  v.object({
    source: v.string(),
    groups: v.array(
      v.object({
        about: v.string(),
        events: v.array(v.unknown()),
        patterns: v.array(v.object({ pattern: v.unknown(), answer: v.string() })),
      }),
    ),
  }),
  JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')),
);

function ourAnswer(pattern: unknown, events: readonly unknown[]): string {
  const { matches, problems } = parsePattern(pattern);
  return problems.length > 0 ? 'refused' : events.map((event) => (matches(event) ? '1' : '0')).join('');
}

describe(`event patterns, compared with ${table.source}`, () => {
  it.each(table.groups)('give the same answers about $about', ({ events, patterns }) => {
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.map(({ pattern }) => ({ pattern, answer: ourAnswer(pattern, events) }))).toEqual(
      patterns,
    );
  });
});

type Question = { readonly pattern: JsonObject; readonly events: readonly JsonObject[] };

function numberAsText(_: string, value: unknown): unknown {
  return typeof value === 'number' ? `${value}` : value;
}

/** In AWS's matcher, some numbers are in some address ranges: 1 is in `::/0`. */
function withoutAddressNumbers({ pattern, events }: Question): Question {
  if (!JSON.stringify(pattern).includes('"cidr"')) return { pattern, events };
  return { pattern, events: events.map((event) => JSON.parse(JSON.stringify(event, numberAsText))) };
}

const classpath = process.env['EVENT_RULER_CLASSPATH'];
const missing = classpath === undefined ? 'EVENT_RULER_CLASSPATH names no jars of event-ruler' : undefined;

describeUnless(missing, `generated patterns, compared with ${table.source}`, () => {
  it('get the same answers as in AWS, besides patterns that give a path twice', () => {
    const question = fc.record({
      pattern: fc.oneof(arbitraryPatterns, arbitraryStructures),
      events: fc.array(arbitraryEvents, { minLength: 4, maxLength: 12 }),
    });
    const questions = fc.sample(question, { numRuns: 5_000 }).map(withoutAddressNumbers);
    const program = fileURLToPath(new URL('EventRuler.java', import.meta.url));
    const { stdout, stderr } = spawnSync('java', ['-cp', classpath ?? '', program], {
      input: questions.map((each) => `${JSON.stringify(each)}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const answers = stdout.trimEnd().split('\n');
    expect(answers, stderr).toHaveLength(questions.length);
    const different = questions.flatMap(({ pattern, events }, index) => {
      const [verdict, theirs] = answers[index]?.split(' ') ?? [];
      const answer = verdict === 'ok' ? theirs : 'refused';
      const ours = ourAnswer(pattern, events);
      if (ours === answer || parsePattern(pattern).problems.some((each) => /given twice/.test(each)))
        return [];
      return [JSON.stringify({ pattern, events, ours, answer })];
    });
    expect(different).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { oneOf, parseValue } from '../../../lambdas/core/value-schema.ts';
import {
  list,
  listOrNone,
  notNegative,
  positiveNumber,
  readEnv,
  text,
} from '../../../lambdas/runtime/env.ts';

const spec = { QUEUE_URL: text, TIME_SCALE: positiveNumber, STAGE: oneOf('local', 'cloud') } as const;
const complete = { QUEUE_URL: 'https://sqs.example.com/queue', TIME_SCALE: '0.01', STAGE: 'local' };

/** The problems that reading ends with. */
function problemsOf(environment: Readonly<Record<string, string | undefined>>): unknown {
  try {
    readEnv(spec, environment);
  } catch (error) {
    expect(error).toMatchObject({
      name: 'ServiceError',
      code: 'environment.invalid',
      retry: { kind: 'never' },
    });
    return error;
  }
  return undefined;
}

describe('readEnv', () => {
  it('reads exactly the variables of the spec', () => {
    const env = readEnv(spec, { ...complete, AWS_REGION: 'us-east-1' });
    expect(env).toStrictEqual({
      QUEUE_URL: 'https://sqs.example.com/queue',
      TIME_SCALE: 0.01,
      STAGE: 'local',
    });
    // These types are what the spec promises; the compiler checks them.
    const { TIME_SCALE, STAGE }: { TIME_SCALE: number; STAGE: 'local' | 'cloud' } = env;
    expect([TIME_SCALE, STAGE]).toEqual([0.01, 'local']);
  });

  it('names every problem together, in the order of the spec', () => {
    expect(problemsOf({})).toHaveProperty('details.problems', [
      'QUEUE_URL needs a value; it is not set',
      'TIME_SCALE needs a value; it is not set',
      'STAGE needs a value; it is not set',
    ]);
    expect(problemsOf({ QUEUE_URL: '', TIME_SCALE: 'fast', STAGE: 'moon' })).toHaveProperty(
      'details.problems',
      [
        'QUEUE_URL needs a non-empty text',
        'TIME_SCALE needs a number above 0',
        'STAGE needs one of local, cloud',
      ],
    );
  });

  it('names only invalid variables', () => {
    expect(problemsOf({ ...complete, TIME_SCALE: '-1' })).toHaveProperty('details.problems', [
      'TIME_SCALE needs a number above 0',
    ]);
    expect(problemsOf(complete)).toBeUndefined();
  });

  it('never prints a value', () => {
    const error = problemsOf({ QUEUE_URL: '', TIME_SCALE: 'hunter2', STAGE: 'hunter3' });
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hunter/);
  });

  it('reads nothing from an empty spec', () => expect(readEnv({}, complete)).toStrictEqual({}));
});

describe('positiveNumber', () => {
  it.each(['1', '0.5', '900', '1e3'])('allows %s', (given) =>
    expect(parseValue(positiveNumber, given)).toEqual({ value: Number(given) }),
  );

  it.each(['', ' ', '0', '-1', 'NaN', 'Infinity', '1,5', '5 s', 'five'])('refuses %j', (given) =>
    expect(parseValue(positiveNumber, given)).toEqual({ allowed: 'a number above 0' }),
  );
});

describe('notNegative', () => {
  it.each(['0', '0.5', '3'])('allows %s', (given) =>
    expect(parseValue(notNegative, given)).toEqual({ value: Number(given) }),
  );

  it.each(['', ' ', '-0.1', 'NaN', 'Infinity', 'none'])('refuses %j', (given) =>
    expect(parseValue(notNegative, given)).toEqual({ allowed: 'a number from 0' }),
  );
});

describe('oneOf', () => {
  it('accepts its options in exact spelling only', () => {
    const parse = oneOf('AWS', 'Sandbox');
    expect(parseValue(parse, 'AWS')).toEqual({ value: 'AWS' });
    expect(parseValue(parse, 'aws')).toEqual({ allowed: 'one of AWS, Sandbox' });
    expect(parseValue(parse, '')).toEqual({ allowed: 'one of AWS, Sandbox' });
  });
});

describe('list', () => {
  it.each([
    ['AWS', ['AWS']],
    ['AWS,Sandbox', ['AWS', 'Sandbox']],
    [' AWS , Sandbox ', ['AWS', 'Sandbox']],
  ])('accepts %j', (given, value) => {
    expect(parseValue(list, given)).toEqual({ value });
  });

  it.each(['', ' ', ',', 'AWS,', ',AWS', 'AWS,,Sandbox', 'AWS,AWS'])('refuses %j', (given) => {
    expect(parseValue(list, given)).toEqual({
      allowed: 'one or more values, separated by commas, each once',
    });
  });
});

describe('listOrNone', () => {
  it.each([
    ['none', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.0.0.0/8,fd12::/16', ['10.0.0.0/8', 'fd12::/16']],
  ])('accepts %j', (given, value) => {
    expect(parseValue(listOrNone, given)).toEqual({ value });
  });

  it.each(['', 'a,', 'a,a'])('refuses %j', (given) => {
    expect(parseValue(listOrNone, given)).toEqual({
      allowed: 'one or more values, separated by commas, each once, or none',
    });
  });
});

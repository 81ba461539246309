import { never, ServiceError } from '../core/service-error.ts';

/** Reads one variable, or says what is allowed. The value itself is never part of a message. */
export type EnvParser<T> = (text: string) => { readonly value: T } | { readonly allowed: string };
export type EnvSpec = Readonly<Record<string, EnvParser<unknown>>>;
export type Env<Spec extends EnvSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends EnvParser<infer T> ? T : never;
};
/** What the stack must supply for a spec: exactly these names. */
export type Environment<Spec extends EnvSpec> = { readonly [Name in keyof Spec]: string };

export const text: EnvParser<string> = (value) =>
  value === '' ? { allowed: 'a non-empty text' } : { value };

export const positiveNumber: EnvParser<number> = (value) => {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) && number > 0
    ? { value: number }
    : { allowed: 'a number above 0' };
};

export const notNegative: EnvParser<number> = (value) => {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) && number >= 0
    ? { value: number }
    : { allowed: 'a number from 0' };
};

/** One or more values, separated by commas, each once. */
export const list: EnvParser<readonly string[]> = (given) => {
  const value = given.split(',').map((part) => part.trim());
  return value.every((part) => part !== '') && new Set(value).size === value.length
    ? { value }
    : { allowed: 'one or more values, separated by commas, each once' };
};

/** As `list`, or `none`, as a variable that holds nothing looks like one that was forgotten. */
export const listOrNone: EnvParser<readonly string[]> = (given) => {
  const parsed = given === 'none' ? { value: [] } : list(given);
  return 'value' in parsed ? parsed : { allowed: `${parsed.allowed}, or none` };
};

export function oneOf<const Option extends string>(...options: readonly Option[]): EnvParser<Option> {
  return (given) => {
    const value = options.find((option) => option === given);
    return value === undefined ? { allowed: `one of ${options.join(', ')}` } : { value };
  };
}

/**
 * Reads the whole environment of a function, once, at cold start.
 * @throws ServiceError `environment.invalid` naming every problem together.
 */
export function readEnv<Spec extends EnvSpec>(
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
): Env<Spec> {
  const problems: string[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, parse] of Object.entries(spec)) {
    const given = environment[name];
    const result = given === undefined ? { allowed: 'a value; it is not set' } : parse(given);
    if ('value' in result) read[name] = result.value;
    else problems.push(`${name} needs ${result.allowed}`);
  }
  if (problems.length > 0) throw new ServiceError('environment.invalid', { problems }, { retry: never });
  if (!isComplete(spec, read)) throw new TypeError('every variable of the spec was read');
  return read;
}

function isComplete<Spec extends EnvSpec>(spec: Spec, read: Record<string, unknown>): read is Env<Spec> {
  return Object.keys(spec).every((name) => Object.hasOwn(read, name));
}

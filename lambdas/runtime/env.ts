import * as v from 'valibot';
import { ServiceError } from '../core/service-error.ts';
import {
  commaSeparated,
  parseValue,
  textMatching,
  type ValueOf,
  type ValueSchema,
} from '../core/value-schema.ts';

/** The environment variables of a function, by name. */
export type EnvSpec = Readonly<Record<string, ValueSchema<unknown>>>;
export type Env<Spec extends EnvSpec> = { readonly [Name in keyof Spec]: ValueOf<Spec[Name]> };
/** What the stack must supply for a spec: exactly these names. */
export type Environment<Spec extends EnvSpec> = { readonly [Name in keyof Spec]: string };

// Marked as pure so that a bundle holds only the schemas that its contract uses.
export const text = /* @__PURE__ */ textMatching('a non-empty text', (value) => value !== '');

export const positiveNumber = /* @__PURE__ */ decimal('a number above 0', (value) => value > 0);
export const notNegative = /* @__PURE__ */ decimal('a number from 0', (value) => value >= 0);

/** One or more values, separated by commas, each once. */
export const list = /* @__PURE__ */ commaSeparated(
  text,
  'one or more values, separated by commas, each once',
  1,
);

const none = /* @__PURE__ */ v.pipe(
  /* @__PURE__ */ v.literal('none'),
  /* @__PURE__ */ v.transform(() => []),
);

/** Like `list`, or the word `none`: an empty variable looks like a forgotten one. */
export const listOrNone = /* @__PURE__ */ orNone(list);

/** A text, or undefined for the word `none`. */
export const textOrNone: ValueSchema<string | undefined> = {
  allowed: 'a non-empty text, or none',
  schema: /* @__PURE__ */ v.pipe(
    text.schema,
    /* @__PURE__ */ v.transform((given) => (given === 'none' ? undefined : given)),
  ),
};

/** Also takes the word `none`, for an empty list. */
export function orNone<T>({ schema, allowed }: ValueSchema<readonly T[]>): ValueSchema<readonly T[]> {
  return { allowed: `${allowed}, or none`, schema: v.union([none, schema]) };
}

function decimal(allowed: string, isAllowed: (value: number) => boolean): ValueSchema<number> {
  const schema = v.pipe(
    v.string(),
    v.transform((given) => (given.trim() === '' ? Number.NaN : Number(given))),
    v.number(),
    v.finite(),
    v.check(isAllowed),
  );
  return { allowed, schema };
}

/**
 * Reads the whole environment of a function, once, at cold start. Values are never part of an
 * error message.
 * @throws ServiceError `environment.invalid` naming every problem together.
 */
export function readEnv<Spec extends EnvSpec>(
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
): Env<Spec> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(spec)) {
    const given = environment[name];
    const parsed = given === undefined ? { allowed: 'a value; it is not set' } : parseValue(schema, given);
    if ('value' in parsed) values[name] = parsed.value;
    else problems.push(`${name} needs ${parsed.allowed}`);
  }
  if (problems.length > 0) throw new ServiceError('environment.invalid', { problems });
  if (!isComplete(spec, values)) throw new TypeError('every variable of the spec has been read');
  return values;
}

function isComplete<Spec extends EnvSpec>(spec: Spec, values: Record<string, unknown>): values is Env<Spec> {
  return Object.keys(spec).every((name) => Object.hasOwn(values, name));
}

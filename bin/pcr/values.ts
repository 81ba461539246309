import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander';
import { clientIdField, isClientId } from '../../lambdas/core/client-definition.ts';
import { matchesTopic } from '../../lambdas/core/endpoint.ts';
import { isEndpointId } from '../../lambdas/core/ids.ts';
import { type Instant, instantOf, isDay, parseInstant } from '../../lambdas/core/instant.ts';
import { topics } from '../../lambdas/core/message-type.ts';
import {
  guarded,
  orDigits,
  parseValue,
  textMatching,
  type ValueSchema,
  wholeNumber,
} from '../../lambdas/core/value-schema.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';

/*
 * Parsers of options and arguments: `.option('--since <time>', '…', instantValue(io.clock))`.
 * Commander adds the option and the value to their errors, and the program ends with exit code 2.
 */

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `12h`, `7d`, in milliseconds. */
export function durationValue(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('Allowed: a number with s, m, h or d, such as 12h.');
  return ms;
}

/**
 * An instant: `2026-03-01T10:00:00Z`, `2026-03-01` (midnight, UTC), or a duration before now:
 * `90s`, `30m`, `12h`, `7d`.
 */
export function instantValue(clock: Clock): (text: string) => Instant {
  return (text) => {
    const agoMs = durationMs(text);
    if (agoMs !== undefined) return instantOf(clock.nowMs() - agoMs);
    const instant = parseInstant(isDay(text) ? `${text}T00:00:00Z` : text);
    if (!instant)
      throw new InvalidArgumentError(
        'Allowed: a time such as 2026-03-01T10:00:00Z, a day such as 2026-03-01, or a duration before now: 90s, 30m, 12h, 7d.',
      );
    return instant;
  };
}

export function wholeNumberValue(least: number, most: number): (text: string) => number {
  return optionValue(orDigits(wholeNumber(least, most)));
}

/** Parses an option with a schema. */
export function optionValue<T>(schema: ValueSchema<T>): (text: string) => T {
  return (text) => {
    const parsed = parseValue(schema, text);
    if ('value' in parsed) return parsed.value;
    throw new InvalidArgumentError(`Allowed: ${parsed.allowed}.`);
  };
}

export const endpointIdValue = optionValue(
  guarded('ep_ and 1 to 64 letters and digits; see `pcr endpoints list`', isEndpointId),
);

export const clientIdValue = optionValue({
  ...clientIdField,
  allowed: `${clientIdField.allowed}; see \`pcr clients list\``,
});

/** A client as commands name it: one that signs, or a caller with credentials of AWS. */
export const clientNameValue = optionValue(
  textMatching(
    'the id of a client, see `pcr clients list`; or the ARN of a caller',
    (text) => isClientId(text) || /^arn:[\w-]+:(?:iam|sts)::\d{12}:\S+$/.test(text),
  ),
);

/** For an option that may be given several times: `.option('--topic <topic>', '…', repeated)`. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Topics, or patterns that match one. For an option that may be given several times. */
export function topicValues(text: string, before: readonly string[] = []): readonly string[] {
  if (topics.some((topic) => matchesTopic(text, topic))) return [...before, text];
  throw new InvalidArgumentError(`Allowed: ${topics.join(', ')}, or a pattern that matches one of them.`);
}

/**
 * Refuses an empty text for every argument and option, here and below. It comes from an unset
 * variable of a script: `--stage "$STAGE"`.
 */
export function refuseEmptyValues(command: Command): void {
  for (const argument of command.registeredArguments) refuseEmpty(argument);
  for (const option of command.options) if (option.required || option.optional) refuseEmpty(option);
  for (const each of command.commands) refuseEmptyValues(each);
}

function refuseEmpty(field: Argument | Option): void {
  const { parseArg: parse, variadic: isList } = field;
  field.argParser<unknown>((text, before) => {
    const listed = isList ? [...(Array.isArray(before) ? before : []), text] : text;
    // A parser that refuses an empty text says what is allowed instead.
    const value = parse ? parse(text, before) : listed;
    if (text === '') throw new InvalidArgumentError('Allowed: a text that is not empty.');
    return value;
  });
}

function durationMs(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs;
}

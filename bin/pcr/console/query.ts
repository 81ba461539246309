import type * as v from 'valibot';
import { deliveryStatuses } from '../../../lambdas/core/delivery.ts';
import { describeValue } from '../../../lambdas/core/describe-value.ts';
import { isDeliveryId, isEndpointId } from '../../../lambdas/core/ids.ts';
import { recordKinds } from '../../../lambdas/core/record.ts';
import {
  guarded,
  oneOf,
  orDigits,
  parseValue,
  textMatching,
  type ValueSchema,
  wholeNumber,
} from '../../../lambdas/core/value-schema.ts';
import { UsageError } from '../errors.ts';
import { closings, dealSorts } from './api.ts';

const text = textMatching(
  'a text of 1 to 200 characters',
  (value) => value.length > 0 && value.length <= 200,
);

/** The parameters of the interface, in the path and after `?`. */
const parameters = {
  catalog: textMatching('AWS, Sandbox, or the name of another catalog', (value) =>
    /^[\w-]{1,64}$/.test(value),
  ),
  id: textMatching('an id of Partner Central, without slashes', (value) => /^[^/]{1,200}$/.test(value)),
  kind: oneOf(...recordKinds),
  version: orDigits(wholeNumber(1, 999_999_999)),
  stage: text,
  closing: oneOf(...closings),
  idle: orDigits(wholeNumber(1, 3_650, 'days')),
  customer: text,
  partnerId: text,
  sort: oneOf(...dealSorts),
  limit: orDigits(wholeNumber(1, 1_000)),
  status: textMatching('a status, for example PENDING', (value) => /^[\w -]{1,64}$/.test(value)),
  days: orDigits(wholeNumber(1, 365, 'days')),
  endpoint: guarded('ep_ and 1 to 64 letters and digits', isEndpointId),
  delivery: guarded('dlv_ and 32 hexadecimal digits', isDeliveryId),
  deliveryStatus: oneOf(...deliveryStatuses),
} satisfies Readonly<Record<string, ValueSchema<unknown>>>;

type Parameters = typeof parameters;
type ParameterOf<Name extends keyof Parameters> = v.InferOutput<Parameters[Name]['schema']>;

/** @throws UsageError that names the parameter, its value and what is allowed */
export function parameter<Name extends keyof Parameters>(
  name: Name,
  given: string | undefined,
): ParameterOf<Name>;
export function parameter(name: keyof Parameters, given: string | undefined): unknown {
  const parsed = parseValue<unknown>(parameters[name], given);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`${name} ${describeValue(given)}: refused; allowed: ${parsed.allowed}`);
}

/** The same for a parameter that may be missing or empty. */
export function optional<Name extends keyof Parameters>(
  name: Name,
  given: string | undefined,
): ParameterOf<Name> | undefined {
  return given === undefined || given === '' ? undefined : parameter(name, given);
}

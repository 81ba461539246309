import type { Redact } from '../lambdas/core/endpoint.ts';
import { redactLimits } from '../lambdas/core/endpoint-fields.ts';
import { patternLimits } from '../lambdas/core/event-pattern.ts';
import type { Json, JsonObject } from '../lambdas/core/json.ts';

/** As many pointers as are allowed. Each leads on at every level, and then names a member. */
function pointersTo(nameOf: (index: number) => string): readonly string[] {
  return Array.from({ length: redactLimits.members }, (_, index) => {
    const stars = '/*'.repeat(1 + (index % (redactLimits.steps - 1)));
    return `${stars}/${nameOf(index)}`;
  });
}

/** Redact lists with as many pointers as the limits allow. */
export const redactLists: Readonly<Record<string, Redact>> = {
  'no redaction': [],
  'members that are not there': pointersTo((index) => `x${index}`),
  'half of the members': pointersTo((index) => (index < redactLimits.steps ? 'a' : `x${index}`)),
  'only half of the members': {
    only: pointersTo((index) => (index < redactLimits.steps ? 'a' : `x${index}`)),
  },
};

const { operators, combinations } = patternLimits;

function each(make: (index: number) => Json): readonly Json[] {
  return Array.from({ length: operators }, (_, index) => make(index));
}

function onData(data: Json): JsonObject {
  return { data: { record: { Data: data } } };
}

/** Filters that match no message and look at every value of it. */
export const filters: Readonly<Record<string, JsonObject>> = {
  '20 wildcards': onData(each((index) => ({ wildcard: `*a${index}z` }))),
  'a wildcard with 20 asterisks': onData([{ wildcard: `${'a*'.repeat(operators - 1)}b` }]),
  '20 prefixes in any case': onData(
    each((index) => ({ prefix: { 'equals-ignore-case': `${'A'.repeat(300)}${index}` } })),
  ),
  '20 ranges of numbers': onData(each((index) => ({ numeric: ['>', index + 0.25, '<', index + 0.5] }))),
  '20 ranges of addresses': onData(each((index) => ({ cidr: `10.0.${index}.0/30` }))),
  '20 exclusions': onData(each(() => ({ 'anything-but': { wildcard: '*' } }))),
  '700 plain texts': onData(Array.from({ length: 700 }, (_, index) => `no${index}`)),
  '16 combinations': onData({
    $or: Array.from({ length: combinations }, (_, index) => ({ a: [index], b: [index.toString(36)] })),
  }),
};

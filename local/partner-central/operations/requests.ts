import * as v from 'valibot';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { type InvalidField, invalid } from '../wire/wire-error.ts';

export const catalog = v.pipe(v.string(), v.regex(/^[a-zA-Z]+$/));
export const opportunityId = v.pipe(v.string(), v.regex(/^O[0-9]{1,19}$/));
export const solutionId = v.pipe(v.string(), v.regex(/^S-[0-9]{1,19}$/));
export const invitationId = idOrArn(/^(?=.{1,255}$)(arn:.*|engi-[0-9a-z]{13})$/);
export const engagementId = idOrArn(/^(arn:.*|eng-[0-9a-z]{14})$/);
export const taskId = idOrArn(/^(arn:.*|task-[0-9a-z]{13})$/);
export const token = v.pipe(v.string(), v.regex(/^.{1,255}$/));
export const tags = atMost(200, v.strictObject({ Key: v.string(), Value: v.string() }));
/** A timestamp, parsed to epoch milliseconds. */
export const date = v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse));

/** A day, as in `2026-03-01`. Days compare as texts. */
export const day = v.pipe(v.string(), v.isoDate());

/** Accepts an id, or an ARN that ends with the id, and returns the id. */
function idOrArn(pattern: RegExp) {
  return v.pipe(
    v.string(),
    v.regex(pattern),
    v.transform((text) => text.slice(text.lastIndexOf('/') + 1)),
  );
}

export function atMost<T extends v.GenericSchema>(count: number, item: T) {
  return v.nullish(v.pipe(v.array(item), v.maxLength(count)));
}

/** The members that all list requests share: page size, page token and order. */
export function paged<const T extends readonly [string, ...string[]]>(largestPage: number, sortedBy: T) {
  return {
    MaxResults: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(largestPage))),
    NextToken: v.nullish(v.string()),
    Sort: v.nullish(
      v.strictObject({ SortBy: v.picklist(sortedBy), SortOrder: v.picklist(['ASCENDING', 'DESCENDING']) }),
    ),
  };
}

/**
 * Reports all invalid members at once, as the service does. Unknown members are refused, because a
 * filter that is silently ignored would return too many records.
 * @throws WireError ValidationException naming each missing, malformed or unknown member
 */
export function parseRequest<T extends v.GenericSchema>(schema: T, input: JsonObject): v.InferOutput<T> {
  const { success, output, issues } = v.safeParse(schema, input);
  if (success) return output;
  throw invalid('The request does not satisfy the constraints of the service', issues.map(invalidField));
}

function invalidField(issue: v.BaseIssue<unknown>): InvalidField {
  const field = v.getDotPath(issue) ?? '';
  const isMissing = issue.kind === 'schema' && (issue.received === 'undefined' || issue.received === 'null');
  if (isMissing) return { FieldName: field, Message: `${field} is required`, Code: 'REQUIRED_FIELD_MISSING' };
  return {
    FieldName: field,
    Message: `${field}: ${issue.message}`,
    Code: codes.get(issue.type) ?? 'INVALID_VALUE',
  };
}

const codes: ReadonlyMap<string, InvalidField['Code']> = new Map([
  ['regex', 'INVALID_STRING_FORMAT'],
  ['iso_timestamp', 'INVALID_STRING_FORMAT'],
  ['iso_date', 'INVALID_STRING_FORMAT'],
  ['string', 'INVALID_STRING_FORMAT'],
  ['picklist', 'INVALID_ENUM_VALUE'],
  ['max_length', 'TOO_MANY_VALUES'],
  ['min_value', 'VALUE_OUT_OF_RANGE'],
  ['max_value', 'VALUE_OUT_OF_RANGE'],
]);

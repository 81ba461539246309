import type { JsonObject } from '../../lambdas/core/json.ts';
import type { RecordKind } from '../../lambdas/core/record.ts';
import type { SimulatedPartner } from './simulated-partner.ts';
import { accessDenied, type InvalidField, invalid, notFound } from './wire-error.ts';

/** @throws WireError */
export type Operation = (partner: SimulatedPartner, input: JsonObject) => JsonObject;

const opportunityId = /^O[0-9]{1,19}$/;
const invitationIdOrArn = /^(?=.{1,255}$)(arn:.*|engi-[0-9a-z]{13})$/;

/** What the simulator can do, by the name in `x-amz-target`. Another operation is another line here. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['GetOpportunity', reading('opportunity', 'Identifier', opportunityId)],
  [
    'GetAwsOpportunitySummary',
    reading('aws-opportunity-summary', 'RelatedOpportunityIdentifier', opportunityId),
  ],
  ['GetEngagementInvitation', reading('engagement-invitation', 'Identifier', invitationIdOrArn)],
]);

function reading(kind: RecordKind, idField: string, idPattern: RegExp): Operation {
  return (partner, input) => {
    const fields = fieldsOf(input, { Catalog: /^[a-zA-Z]+$/, [idField]: idPattern });
    const record = partner.find(fields('Catalog'), kind, withoutArn(fields(idField)));
    if (!record) throw notFound();
    if (record.inaccessible) throw accessDenied();
    return record.body;
  };
}

/** An ARN ends with the id. */
function withoutArn(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('/') + 1);
}

/**
 * Checks all required members at once, as the service does.
 * @returns the value of one of them
 * @throws WireError ValidationException naming each missing or malformed member
 */
function fieldsOf(input: JsonObject, required: Readonly<Record<string, RegExp>>): (field: string) => string {
  const values = new Map<string, string>();
  const problems: InvalidField[] = [];
  for (const [field, pattern] of Object.entries(required)) {
    const value = input[field];
    if (value === undefined || value === null) {
      problems.push({ FieldName: field, Message: `${field} is required`, Code: 'REQUIRED_FIELD_MISSING' });
    } else if (typeof value !== 'string' || !pattern.test(value)) {
      problems.push({
        FieldName: field,
        Message: `${field} must match ${pattern.source}`,
        Code: 'INVALID_STRING_FORMAT',
      });
    } else values.set(field, value);
  }
  if (problems.length > 0)
    throw invalid('The request does not satisfy the constraints of the service', problems);
  return (field) => values.get(field) ?? '';
}

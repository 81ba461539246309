import * as v from 'valibot';
import { knownCatalogs } from './catalogs.ts';
import { commandActions, entityTypes } from './command.ts';
import { isJsonObject } from './json.ts';
import { guarded, instant, oneOf, textMatching, type ValueSchema, wholeNumber } from './value-schema.ts';

/** The idempotency key of a command. */
export const keyField = textMatching('1 to 255 visible ASCII characters', (text) =>
  /^[\x21-\x7e]{1,255}$/.test(text),
);

const opportunityIdField = textMatching('O and 1 to 19 digits', (text) => /^O\d{1,19}$/.test(text));
const invitationIdField = textMatching('engi- and 13 letters or digits', (text) =>
  /^engi-[0-9a-z]{13}$/.test(text),
);

const noteField = textMatching(
  'up to 255 characters, without control characters',
  (text) => text.length <= 255 && !/\p{Cc}/u.test(text),
);
const partnerIdField = textMatching('1 to 64 characters', (text) => text.length >= 1 && text.length <= 64);
const entityIdField = textMatching('1 to 255 characters', (text) => text.length >= 1 && text.length <= 255);
const reasonField = textMatching('1 to 80 characters, without control characters', (text) =>
  /^[\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD]{1,80}$/.test(text),
);
const objectField = guarded('an object', isJsonObject);
const booleanField: ValueSchema<boolean> = { allowed: 'true or false', schema: v.boolean('true or false') };

const catalogField = oneOf(...knownCatalogs);
const entityTypeField = oneOf(...entityTypes);

const common = {
  catalog: catalogField.schema,
  basedOn: v.exactOptional(wholeNumber(1, 9_999_999_999).schema),
  onConflict: v.optional(oneOf('fail', 'overwrite').schema, 'fail'),
  onLocked: v.optional(oneOf('wait', 'fail').schema, 'wait'),
  after: v.exactOptional(keyField.schema),
  expiresAt: v.exactOptional(instant),
  note: v.exactOptional(noteField.schema),
  irreversible: v.optional(booleanField.schema, false),
  check: v.optional(booleanField.schema, false),
};
const ofInvitation = { ...common, target: toTarget(invitationIdField) };
const ofOpportunity = { ...common, target: opportunityTarget() };
const entity = v.strictObject({ type: entityTypeField.schema, id: entityIdField.schema });

/** The body of a request. Each action has members of its own; unknown members are refused. */
export const requestSchema = v.variant(
  'action',
  [
    v.strictObject({ action: v.literal('invitation.accept'), ...ofInvitation }),
    v.strictObject({
      action: v.literal('invitation.reject'),
      ...ofInvitation,
      reason: v.exactOptional(reasonField.schema),
    }),
    v.strictObject({
      action: v.literal('opportunity.assign'),
      ...ofOpportunity,
      assignee: objectField.schema,
    }),
    v.strictObject({ action: v.literal('opportunity.associate'), ...ofOpportunity, entity }),
    v.strictObject({ action: v.literal('opportunity.disassociate'), ...ofOpportunity, entity }),
    v.strictObject({ action: v.literal('opportunity.update'), ...ofOpportunity, patch: objectField.schema }),
  ],
  oneOf(...commandActions).allowed,
);
export type Given = v.InferOutput<typeof requestSchema>;

function toTarget({ schema }: ValueSchema<string>) {
  return v.pipe(
    schema,
    v.transform((id) => ({ id })),
  );
}

/** An id of AWS as a text, or an object with the id of the partner. */
function opportunityTarget() {
  const allowed = `${opportunityIdField.allowed}, or { "partnerId": text }`;
  const byPartnerId = v.strictObject({ partnerId: partnerIdField.schema });
  return v.union([toTarget(opportunityIdField), byPartnerId], allowed);
}

/** What is allowed for the members that a request must have. */
export const requiredMembers: Readonly<Record<string, string>> = {
  assignee: objectField.allowed,
  catalog: catalogField.allowed,
  entity: 'an object with type and id',
  id: entityIdField.allowed,
  partnerId: partnerIdField.allowed,
  patch: objectField.allowed,
  target: 'the id of the record',
  type: entityTypeField.allowed,
};

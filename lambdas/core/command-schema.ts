import * as v from 'valibot';
import { knownCatalogs } from './catalogs.ts';
import {
  type CommandContent,
  commandActions,
  entityTypes,
  involvementTypes,
  visibilities,
} from './command.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { guarded, instant, oneOf, textMatching, type ValueSchema, wholeNumber } from './value-schema.ts';

/** The idempotency key of a command. */
export const keyField = textMatching('1 to 255 visible ASCII characters', (text) =>
  /^[\x21-\x7e]{1,255}$/.test(text),
);

const opportunityIdField = textMatching('O and 1 to 19 digits', (text) => /^O\d{1,19}$/.test(text));
const invitationIdField = textMatching('engi- and 13 letters or digits', (text) =>
  /^engi-[0-9a-z]{13}$/.test(text),
);

const engagementIdField = textMatching('eng- and 14 letters or digits', (text) =>
  /^eng-[0-9a-z]{14}$/.test(text),
);
const contextIdField = textMatching('1 to 3 letters or digits', (text) => /^[0-9A-Za-z]{1,3}$/.test(text));

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
const neededOfAssignee = ['Email', 'FirstName', 'LastName', 'BusinessTitle'] as const;
const assigneeField = guarded(
  'an object with Email, FirstName, LastName and BusinessTitle, each a text',
  (value): value is JsonObject =>
    isJsonObject(value) && neededOfAssignee.every((name) => typeof value[name] === 'string'),
);
const booleanField: ValueSchema<boolean> = { allowed: 'true or false', schema: v.boolean('true or false') };

const catalogField = oneOf(...knownCatalogs);
const entityTypeField = oneOf(...entityTypes);
const involvementField = oneOf(...involvementTypes);

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
/** A create has no record yet: no target, no version to be based on, no lock and no conflict. */
const ofNew = {
  catalog: common.catalog,
  after: common.after,
  expiresAt: common.expiresAt,
  note: common.note,
  irreversible: common.irreversible,
  check: common.check,
};
const ofInvitation = { ...common, target: toTarget(invitationIdField) };
const ofEngagement = { ...common, target: toTarget(engagementIdField) };
const ofOpportunity = { ...common, target: opportunityTarget() };
const entity = v.strictObject({ type: entityTypeField.schema, id: entityIdField.schema });

const contextAllowed = 'an object with the id of a context';

/** The members of each action, besides those of its target and `common`. */
const needs = {
  accept: {},
  reject: { reason: v.exactOptional(reasonField.schema) },
  assign: { assignee: assigneeField.schema },
  associate: { entity },
  convert: { context: v.strictObject({ id: contextIdField.schema }, contextAllowed) },
  create: { opportunity: objectField.schema },
  submit: {
    involvementType: involvementField.schema,
    visibility: v.exactOptional(oneOf(...visibilities).schema),
  },
  update: { patch: objectField.schema },
  updateContext: {
    context: v.strictObject({ id: contextIdField.schema, patch: objectField.schema }, contextAllowed),
  },
};

/** The body of a request. Each action has members of its own; unknown members are refused. */
export const requestSchema = v.variant(
  'action',
  [
    v.strictObject({
      action: v.literal('engagement.update_context'),
      ...ofEngagement,
      ...needs.updateContext,
    }),
    v.strictObject({ action: v.literal('invitation.accept'), ...ofInvitation, ...needs.accept }),
    v.strictObject({ action: v.literal('invitation.reject'), ...ofInvitation, ...needs.reject }),
    v.strictObject({ action: v.literal('lead.accept'), ...ofInvitation, ...needs.accept }),
    v.strictObject({ action: v.literal('lead.to_opportunity'), ...ofEngagement, ...needs.convert }),
    v.strictObject({ action: v.literal('opportunity.assign'), ...ofOpportunity, ...needs.assign }),
    v.strictObject({ action: v.literal('opportunity.associate'), ...ofOpportunity, ...needs.associate }),
    v.strictObject({ action: v.literal('opportunity.create'), ...ofNew, ...needs.create }),
    v.strictObject({ action: v.literal('opportunity.disassociate'), ...ofOpportunity, ...needs.associate }),
    v.strictObject({ action: v.literal('opportunity.submit'), ...ofOpportunity, ...needs.submit }),
    v.strictObject({ action: v.literal('opportunity.update'), ...ofOpportunity, ...needs.update }),
  ],
  oneOf(...commandActions).allowed,
);
export type Given = v.InferOutput<typeof requestSchema>;

/** What to do, in a request and as it is stored. Other members are left out. */
export const contentSchema: v.GenericSchema<unknown, CommandContent> = v.variant('action', [
  v.object({ action: v.literal('engagement.update_context'), ...needs.updateContext }),
  v.object({ action: v.literal('invitation.accept'), ...needs.accept }),
  v.object({ action: v.literal('invitation.reject'), ...needs.reject }),
  v.object({ action: v.literal('lead.accept'), ...needs.accept }),
  v.object({ action: v.literal('lead.to_opportunity'), ...needs.convert }),
  v.object({ action: v.literal('opportunity.assign'), ...needs.assign }),
  v.object({ action: v.literal('opportunity.associate'), ...needs.associate }),
  v.object({ action: v.literal('opportunity.create'), ...needs.create }),
  v.object({ action: v.literal('opportunity.disassociate'), ...needs.associate }),
  v.object({ action: v.literal('opportunity.submit'), ...needs.submit }),
  v.object({ action: v.literal('opportunity.update'), ...needs.update }),
]);

function toTarget({ schema }: ValueSchema<string>) {
  return v.pipe(
    schema,
    v.transform((id) => ({ id })),
  );
}

/** An id of AWS as a text, or an object with the id of the partner, or the key of a create. */
function opportunityTarget() {
  const allowed = `${opportunityIdField.allowed}, { "partnerId": text } or { "command": key }`;
  const byPartnerId = v.strictObject({ partnerId: partnerIdField.schema });
  const byCommand = v.strictObject({ command: keyField.schema });
  return v.union([toTarget(opportunityIdField), byPartnerId, byCommand], allowed);
}

/** What is allowed for the members that a request must have. */
export const requiredMembers: Readonly<Record<string, string>> = {
  assignee: assigneeField.allowed,
  catalog: catalogField.allowed,
  context: contextAllowed,
  entity: 'an object with type and id',
  id: entityIdField.allowed,
  involvementType: involvementField.allowed,
  opportunity: objectField.allowed,
  partnerId: partnerIdField.allowed,
  patch: objectField.allowed,
  target: 'the id of the record',
  type: entityTypeField.allowed,
};

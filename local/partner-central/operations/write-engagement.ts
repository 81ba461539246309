import * as v from 'valibot';
import {
  at,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  textAt,
} from '../../../lambdas/core/json.ts';
import { contextsIn } from '../model/engagement-body.ts';
import type { SimulatedRecord } from '../model/simulated-records.ts';
import type { SimulatedWrites } from '../model/simulated-writes.ts';
import { conflict } from '../wire/wire-error.ts';
import { type Operation, readRecord } from './operation.ts';
import { invalidValue } from './opportunity-rules.ts';
import { catalog, engagementId, invitationId, opportunityId, parseRequest, tags, token } from './requests.ts';
import { businessRefusal, isSameInstant, refuseBusiness, withToken } from './write-checks.ts';

const invitationRequest = v.strictObject({ Catalog: catalog, Identifier: invitationId });
const acceptanceRequest = v.strictObject({ ...invitationRequest.entries, ClientToken: token, Tags: tags });

/** Accepts an invitation to an opportunity. The task creates the opportunity of the partner. */
export const startEngagementByAcceptingInvitation: Operation = ({ writes }, input) => {
  const { Catalog, Identifier } = parseRequest(acceptanceRequest, input);
  const operation = 'StartEngagementByAcceptingInvitationTask';
  const request = { operation, input } as const;
  return withToken(writes, request, () => {
    const invitation = pendingInvitation(writes, Catalog, Identifier, ['OpportunityInvitation']);
    const about = { EngagementInvitationId: invitation.id };
    return writes.startTask(operation, invitation, about, (half) => {
      // A person can have answered while the task waited.
      if (writes.find(Catalog, 'engagement-invitation', Identifier)?.body['Status'] !== 'PENDING')
        return {
          failed: { reasonCode: 'InvitationValidationFailed', message: 'The invitation is not pending' },
        };
      const opportunity = writes.acceptInvitation(request, invitation, half ? 'half' : 'task');
      return { completed: { OpportunityId: opportunity ?? null } };
    });
  });
};

/** Accepts an invitation to a lead or an account. */
export const acceptEngagementInvitation: Operation = ({ writes }, input) => {
  const { Catalog, Identifier } = parseRequest(invitationRequest, input);
  const invitation = pendingInvitation(writes, Catalog, Identifier, [
    'LeadInvitation',
    'AccountPlanningInvitation',
  ]);
  writes.acceptInvitation({ operation: 'AcceptEngagementInvitation', input }, invitation, 'task');
  return {};
};

const rejectionRequest = v.strictObject({
  ...invitationRequest.entries,
  RejectionReason: v.nullish(v.pipe(v.string(), v.regex(/^[ -~\u00A0-\uD7FF\uE000-\uFFFD]{1,80}$/))),
});

export const rejectEngagementInvitation: Operation = ({ writes }, input) => {
  const { Catalog, Identifier, RejectionReason } = parseRequest(rejectionRequest, input);
  const invitation = pendingInvitation(writes, Catalog, Identifier);
  const request = { operation: 'RejectEngagementInvitation', input };
  writes.rejectInvitation(request, invitation, RejectionReason ?? null);
  return {};
};

/**
 * Which error an invitation has that is not pending is not documented; a conflict is assumed.
 * @param payloadTypes by default any
 */
function pendingInvitation(
  writes: SimulatedWrites,
  catalogName: string,
  id: string,
  payloadTypes?: readonly string[],
): SimulatedRecord {
  const invitation = readRecord(writes, catalogName, 'engagement-invitation', id);
  if (payloadTypes && !payloadTypes.includes(textAt(invitation.body, 'PayloadType') ?? ''))
    refuseBusiness(writes, [invalidValue('Identifier', `is not of an ${payloadTypes.join(' or ')}`)]);
  const status = textAt(invitation.body, 'Status');
  if (status !== 'PENDING') throw conflict(`The invitation is ${status}`);
  return invitation;
}

const submission = {
  InvolvementType: v.picklist(['For Visibility Only', 'Co-Sell']),
  Visibility: v.nullish(v.picklist(['Full', 'Limited'])),
};
const submitRequest = v.strictObject({ Catalog: catalog, Identifier: opportunityId, ...submission });

export const submitOpportunity: Operation = ({ writes }, input) => {
  const { Catalog, Identifier, ...how } = parseRequest(submitRequest, input);
  const stored = readRecord(writes, Catalog, 'opportunity', Identifier);
  refuseBusiness(writes, submissionProblems(stored.body, how));
  writes.submitOpportunity({ operation: 'SubmitOpportunity', input }, stored);
  return {};
};

const cosellRequest = v.strictObject({
  Catalog: catalog,
  ClientToken: token,
  Identifier: opportunityId,
  AwsSubmission: v.strictObject(submission),
  Tags: tags,
});

/** Submits an opportunity to a new engagement. A refusal by its rules is a task that has failed. */
export const startEngagementFromOpportunity: Operation = ({ writes }, input) => {
  const { Catalog, Identifier, AwsSubmission } = parseRequest(cosellRequest, input);
  const operation = 'StartEngagementFromOpportunityTask';
  const request = { operation, input } as const;
  return withToken(writes, request, () => {
    const stored = readRecord(writes, Catalog, 'opportunity', Identifier);
    return writes.startTask(operation, stored, { OpportunityId: Identifier, ...unknownEngagement }, () => {
      const current = readRecord(writes, Catalog, 'opportunity', Identifier);
      const [problem] = submissionProblems(current.body, AwsSubmission);
      if (problem) return { failed: { reasonCode: 'OpportunitySubmissionFailed', message: problem.Message } };
      const { id, engagementId: engagement } = writes.sendForCosell(request, current);
      return { completed: { EngagementId: engagement, EngagementInvitationId: id } };
    });
  });
};

const unknownEngagement = { EngagementId: null, EngagementInvitationId: null };

function submissionProblems(
  body: JsonObject,
  how: { readonly InvolvementType: string; readonly Visibility?: string | null | undefined },
) {
  const status = textAt(body, 'LifeCycle', 'ReviewStatus');
  const isOpen = status === 'Pending Submission' || status === 'Action Required';
  const isLimitedCosell = how.Visibility === 'Limited' && how.InvolvementType !== 'For Visibility Only';
  return [
    ...(isOpen ? [] : [invalidValue('Identifier', 'was submitted before')]),
    ...(hasSolution(body)
      ? []
      : [invalidValue('RelatedEntityIdentifiers.Solutions', 'or another solution is required')]),
    ...(isLimitedCosell ? [invalidValue('Visibility', 'is Limited only with For Visibility Only')] : []),
  ];
}

function hasSolution(body: JsonObject): boolean {
  const solutions = at(body, 'RelatedEntityIdentifiers', 'Solutions');
  const hasOther = textAt(body, 'Project', 'OtherSolutionDescription') !== undefined;
  return hasOther || (isJsonArray(solutions) && solutions.length > 0);
}

const leadRequest = v.strictObject({
  Catalog: catalog,
  ClientToken: token,
  Identifier: engagementId,
  ContextIdentifier: v.pipe(v.string(), v.regex(/^[1-9]\d*$/)),
  Tags: tags,
});

/** Makes an opportunity of a lead. */
export const startOpportunityFromEngagement: Operation = ({ writes }, input) => {
  const { Catalog, Identifier, ContextIdentifier } = parseRequest(leadRequest, input);
  const operation = 'StartOpportunityFromEngagementTask';
  const request = { operation, input } as const;
  return withToken(writes, request, () => {
    const engagement = readRecord(writes, Catalog, 'engagement', Identifier);
    const about = { EngagementId: Identifier, ContextId: ContextIdentifier };
    return writes.startTask(operation, engagement, about, () => {
      const current = readRecord(writes, Catalog, 'engagement', Identifier);
      const context = contextsIn(current.body).find((each) => textAt(each, 'Id') === ContextIdentifier);
      const lead = at(context, 'Payload', 'Lead');
      if (lead === undefined)
        return {
          failed: { reasonCode: 'ContextNotFound', message: `There is no lead ${ContextIdentifier}` },
        };
      if (textAt(lead, 'QualificationStatus') === 'Disqualified')
        return {
          failed: { reasonCode: 'DisqualifiedLeadNotPermitted', message: 'The lead is disqualified' },
        };
      const customer = at(lead, 'Customer') ?? null;
      const { id } = writes.createOpportunity(request, Catalog, { Customer: { Account: customer } });
      return { completed: { OpportunityId: id } };
    });
  });
};

const contextRequest = v.looseObject({
  Catalog: catalog,
  EngagementIdentifier: engagementId,
  ContextIdentifier: v.pipe(v.string(), v.minLength(1), v.maxLength(3)),
  EngagementLastModifiedAt: v.pipe(v.string(), v.isoTimestamp()),
  Type: v.picklist(['CustomerProject', 'Lead', 'ProspectingResult', 'CustomerAccount']),
});

/** Replaces one context of an engagement. */
export const updateEngagementContext: Operation = ({ writes }, input) => {
  const request = parseRequest(contextRequest, input);
  const engagement = readRecord(writes, request.Catalog, 'engagement', request.EngagementIdentifier);
  const { body } = engagement;
  const modifiedAt = body['ModifiedAt'] ?? body['CreatedAt'];
  if (!isSameInstant(request.EngagementLastModifiedAt, modifiedAt))
    throw conflict('EngagementLastModifiedAt is not that of the latest version');
  const isChanged = (context: Json) => textAt(context, 'Id') === request.ContextIdentifier;
  const contexts = contextsIn(body);
  const stored = contexts.find(isChanged);
  if (stored === undefined)
    refuseBusiness(writes, [invalidValue('ContextIdentifier', 'is not of this engagement')]);
  const replaced = {
    Id: request.ContextIdentifier,
    Payload: replacedPayload(writes, request.Type, input, stored),
    Type: request.Type,
  };
  writes.changeEngagement({ operation: 'UpdateEngagementContext', input }, engagement, {
    Contexts: contexts.map((context) => (isChanged(context) ? replaced : context)),
  });
  const changed = readRecord(writes, request.Catalog, 'engagement', engagement.id);
  return {
    ContextId: request.ContextIdentifier,
    EngagementArn: body['Arn'] ?? null,
    EngagementId: engagement.id,
    EngagementLastModifiedAt: changed.body['ModifiedAt'] ?? null,
  };
};

/**
 * The payload after an update, which replaces it. The interactions of a lead stay: an update has no
 * list of them, and may add one.
 */
function replacedPayload(
  writes: SimulatedWrites,
  type: string,
  input: JsonObject,
  stored: Json | undefined,
): JsonObject {
  const inner = at(input, 'Payload', type);
  if (!isJsonObject(inner) || textAt(stored, 'Type') !== type)
    throw businessRefusal(writes, [invalidValue('Type', 'is not that of the context and of the payload')]);
  if (type !== 'Lead') return { [type]: inner };
  if (textAt(inner, 'Customer', 'CompanyName') === undefined)
    refuseBusiness(writes, [invalidValue('Payload.Lead.Customer.CompanyName', 'is required')]);
  const { Interaction, Interactions: _ignored, ...members } = inner;
  const before = at(stored, 'Payload', 'Lead', 'Interactions');
  const known = isJsonArray(before) ? before : [];
  return { Lead: { ...members, Interactions: Interaction ? [...known, Interaction] : known } };
}

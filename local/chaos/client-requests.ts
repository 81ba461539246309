import { instantOf } from '../../lambdas/core/instant.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { type RecordKind, recordPath } from '../../lambdas/core/record.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import { between, pick } from '../partner-central/seeded-random.ts';
import type { ClientRequest, ClientTarget, RequestParts, RequestTo } from './client-request.ts';
import { aboutLead } from './lead-requests.ts';

/** This share of the requests is about opportunities. */
const opportunityShare = 0.65;
/** This share is about opportunities or invitations to them. The others are about leads. */
const invitationShare = 0.8;

/** Makes a request about a stored record. Undefined if there is no record for it. */
export function requestOf(parts: RequestParts): ClientRequest | undefined {
  const { random, number } = parts;
  const client = pick(random, parts.clients);
  const key = `${number}/of ${client}`.replaceAll(' ', '-');
  const chance = random();
  const made = makeRequest(parts, chance);
  if (!made) return undefined;
  const { body, state, ...rest } = made;
  const options = optionsOf(parts, client);
  return {
    ...rest,
    key,
    client,
    catalog: state.catalog,
    target: recordPath(state),
    overwrites: options['onConflict'] === 'overwrite',
    body: { ...body, ...options, catalog: state.catalog, target: state.id, irreversible: true },
  };
}

/** If there is no other invitation, the client asks about a lead, and the other way round. */
function makeRequest(parts: RequestParts, chance: number): RequestTo | undefined {
  if (chance < opportunityShare) return aboutOpportunity(parts, chance / opportunityShare);
  const invitation = () => aboutInvitation(parts, parts.random());
  if (chance < invitationShare) return invitation() ?? aboutLead(parts);
  return aboutLead(parts) ?? invitation();
}

/** Makes the request of a client that writes something to its record at each message. */
export function answerTo(
  state: ClientTarget,
  { number, client, text }: { readonly number: number; readonly client: string; readonly text: string },
): ClientRequest {
  const { body, state: _state, ...rest } = update(state, 'AdditionalComments', text);
  return {
    ...rest,
    key: `answer-${number}`,
    client,
    catalog: state.catalog,
    target: recordPath(state),
    overwrites: true,
    isAnswer: true,
    body: { ...body, catalog: state.catalog, target: state.id, onConflict: 'overwrite' },
  };
}

function optionsOf({ random, nowMs, lifeMs, before }: RequestParts, client: string): JsonObject {
  const predecessor = before.get(client)?.key;
  return {
    ...(random() < 0.15 && { onConflict: 'overwrite' }),
    ...(random() < 0.1 && { onLocked: 'fail' }),
    ...(random() < 0.15 && { expiresAt: instantOf(nowMs + between(random, ...lifeMs)) }),
    ...(random() < 0.1 && predecessor !== undefined && { after: predecessor }),
  };
}

function aboutOpportunity(parts: RequestParts, chance: number): RequestTo | undefined {
  const { random, plant, number } = parts;
  const state = anyOf(parts, 'opportunity', () => true);
  if (!state) return undefined;
  if (chance < 0.7) return update(state, textMember(random()), plant());
  if (chance < 0.85) return assign(state, `${plant()}@example.com`);
  return relate(state, parts, `prod-${number}`);
}

type TextMember = 'NextSteps' | 'AdditionalComments' | 'OtherCompetitorNames';

function textMember(chance: number): TextMember {
  if (chance < 0.55) return 'NextSteps';
  return chance < 0.85 ? 'AdditionalComments' : 'OtherCompetitorNames';
}

function update(state: ClientTarget, member: TextMember, text: string): RequestTo {
  const parent = member === 'NextSteps' ? 'LifeCycle' : 'Project';
  const holds = (body: JsonObject | undefined): boolean => textAt(body ?? {}, parent, member) === text;
  return {
    state,
    action: 'opportunity.update',
    paths: [`/${parent}/${member}`],
    body: { action: 'opportunity.update', patch: { [parent]: { [member]: text } } },
    isEffect: (write) => isOf(write, state) && holds(write.after) && !holds(write.before),
  };
}

function assign(state: ClientTarget, email: string): RequestTo {
  const assignee = {
    Email: email,
    FirstName: 'Ana',
    LastName: 'Carolina Silva',
    BusinessTitle: 'PartnerAccountManager',
  };
  const holds = (body: JsonObject | undefined): boolean =>
    listAt(body, 'OpportunityTeam').some((member) => textAt(member, 'Email') === email);
  return {
    state,
    action: 'opportunity.assign',
    paths: ['/OpportunityTeam'],
    body: { action: 'opportunity.assign', assignee },
    isEffect: (write) => isOf(write, state) && holds(write.after) && !holds(write.before),
  };
}

/** Adds a product, or removes one that another command has added. */
function relate(state: ClientTarget, { random, taken }: RequestParts, id: string): RequestTo {
  const present = listAt(state.payload, 'RelatedEntityIdentifiers', 'AwsMarketplaceProducts').filter(
    (product) => typeof product === 'string',
  );
  const first = present.find((product) => !taken.has(product));
  const removes = first !== undefined && random() < 0.4;
  if (removes) taken.add(first);
  const action = removes ? 'opportunity.disassociate' : 'opportunity.associate';
  const entity = { type: 'AwsMarketplaceProducts', id: removes ? first : id };
  const operation = removes ? 'DisassociateOpportunity' : 'AssociateOpportunity';
  return {
    state,
    action,
    paths: ['/RelatedEntityIdentifiers/AwsMarketplaceProducts'],
    body: { action, entity },
    isEffect: (write) =>
      isOf(write, state) &&
      write.operation === operation &&
      write.input['RelatedEntityIdentifier'] === entity.id,
  };
}

function aboutInvitation(parts: RequestParts, chance: number): RequestTo | undefined {
  const state = anyOf(
    parts,
    'engagement-invitation',
    ({ payload, id }) =>
      !parts.taken.has(id) &&
      payload['Status'] === 'PENDING' &&
      textAt(payload, 'PayloadType') === 'OpportunityInvitation',
  );
  if (!state) return undefined;
  parts.taken.add(state.id);
  const action = chance < 0.6 ? 'invitation.accept' : 'invitation.reject';
  const operation = chance < 0.6 ? 'StartEngagementByAcceptingInvitationTask' : 'RejectEngagementInvitation';
  return {
    state,
    action,
    paths: ['/Status'],
    body: { action },
    isEffect: (write) => isOf(write, state) && write.operation === operation,
  };
}

function anyOf(
  { random, targets }: RequestParts,
  kind: RecordKind,
  isFit: (state: ClientTarget) => boolean,
): ClientTarget | undefined {
  const states = targets.filter((target) => target.kind === kind && isFit(target));
  return states.length === 0 ? undefined : pick(random, states);
}

function isOf(write: EffectiveWrite, { kind, id }: ClientTarget): boolean {
  return write.kind === kind && write.id === id;
}

function listAt(body: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(body, ...path);
  return isJsonArray(found) ? found : [];
}

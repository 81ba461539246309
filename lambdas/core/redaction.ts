import type { Change } from './change.ts';
import { contentHashOf } from './digest.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { attributesOf, type RecordAttributes } from './record.ts';

/**
 * Members of GetEngagementInvitation that leave an invitation which was taken away, by JSON Pointer; `*` is any element.
 * The API's own model calls most of them sensitive; the rest is free text that names customers and companies.
 * Ids, dates, status and the reason of a rejection stay.
 */
const sensitiveInvitationMembers: readonly string[] = [
  '/SenderAwsAccountId',
  '/SenderCompanyName',
  '/EngagementTitle',
  '/EngagementDescription',
  '/InvitationMessage',
  '/Receiver/Account/Alias',
  '/Receiver/Account/AwsAccountId',
  '/ExistingMembers/*/CompanyName',
  '/ExistingMembers/*/WebsiteUrl',
  '/Payload/*/SenderContacts',
  '/Payload/*/Customer/CompanyName',
  '/Payload/*/Customer/WebsiteUrl',
  '/Payload/*/Customer/CountryCode',
  '/Payload/*/Project/Title',
  '/Payload/*/Project/BusinessProblem',
  '/Payload/*/Project/ExpectedCustomerSpend/*/Amount',
  '/Payload/*/Project/ExpectedCustomerSpend/*/CurrencyCode',
  // Whoever has the address can open the estimate.
  '/Payload/*/Project/ExpectedCustomerSpend/*/EstimationUrl',
  '/Payload/*/Interaction/ContactBusinessTitle',
  '/EnrichmentContext/*/Customer/AccountName',
  '/EnrichmentContext/*/Customer/Country',
  '/EnrichmentContext/*/Customer/PublicProfileSummary',
];

const members = sensitiveInvitationMembers.map(stepsOf);

/** The payload of an invitation without its sensitive members. */
export function redactedPayload(payload: JsonObject): JsonObject {
  return withoutMembers(payload, members);
}

/** The changes without what sensitive members held. Of such a member stays that it is gone: once, whatever changed inside it. */
export function redactedChanges(changes: readonly Change[]): Change[] {
  const redacted = changes.map(redactedChange);
  return [...new Map(redacted.map((change) => [change.path, change])).values()];
}

function redactedChange({ path, before, after }: Change): Change {
  const steps = stepsOf(path);
  const meeting = members.filter((member) => meet(member, steps));
  const around = meeting.find((member) => member.length <= steps.length);
  if (around) return { path: `/${steps.slice(0, around.length).join('/')}` };
  const inside = meeting.map((member) => member.slice(steps.length));
  return {
    path,
    ...(before !== undefined && { before: withoutBelow(before, inside) }),
    ...(after !== undefined && { after: withoutBelow(after, inside) }),
  };
}

/** What a version of an invitation is made of that may hold sensitive members, or tell of them. */
export interface RedactedContent {
  readonly payload: JsonObject;
  readonly changes: readonly Change[];
  readonly attributes: RecordAttributes;
  /** Of what is left: by a hash of what was there, somebody could confirm a guess of it. */
  readonly contentHash: string;
  readonly redacted: true;
}

export function redactedContent(whole: Pick<RedactedContent, 'payload' | 'changes'>): RedactedContent {
  const payload = redactedPayload(whole.payload);
  return {
    payload,
    changes: redactedChanges(whole.changes),
    attributes: attributesOf('engagement-invitation', payload),
    contentHash: contentHashOf(payload),
    redacted: true,
  };
}

type Steps = readonly string[];

function stepsOf(pointer: string): Steps {
  return pointer.split('/').slice(1);
}

/** Whether a path leads to a member, into it, or to what holds it. */
function meet(member: Steps, path: Steps): boolean {
  const shared = Math.min(member.length, path.length);
  return member.slice(0, shared).every((step, index) => step === '*' || step === path[index]);
}

function withoutMembers(object: JsonObject, paths: readonly Steps[]): JsonObject {
  const kept = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const below = paths.flatMap(([first, ...rest]) => (first === name || first === '*' ? [rest] : []));
    if (below.some((rest) => rest.length === 0)) return [];
    return [[name, withoutBelow(value, below)]];
  });
  return Object.fromEntries(kept);
}

function withoutBelow(value: Json, paths: readonly Steps[]): Json {
  if (isJsonObject(value)) return withoutMembers(value, paths);
  if (!isJsonArray(value)) return value;
  const inElements = paths.flatMap(([first, ...rest]) => (first === '*' ? [rest] : []));
  return value.map((element) => withoutBelow(element, inElements));
}

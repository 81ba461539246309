import {
  at,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  textAt,
} from '../../../lambdas/core/json.ts';
import { pick, type Random } from '../seeded-random.ts';
import { toNanosecond, toSecond } from './aws-timestamps.ts';
import type { Party } from './invitation-body.ts';
import { type Deal, industries, toCustomer, toCustomerAccount } from './opportunity-body.ts';
import { engagementArn } from './partner-events.ts';
import { mergePatch } from './simulated-records.ts';

export type ContextType = 'CustomerProject' | 'Lead' | 'CustomerAccount';

export interface NewEngagement {
  readonly catalog: string;
  readonly id: string;
  readonly by: Party;
  readonly contextType: ContextType;
  readonly nowMs: number;
  readonly random: Random;
}

/**
 * The answer of GetEngagement. `EngagementMemberList` holds all pages of ListEngagementMembers.
 * Recorded engagements that were never modified omit `ModifiedAt` and `ModifiedBy`.
 */
export function newEngagement(deal: Deal, props: NewEngagement): JsonObject {
  const contexts = { CustomerProject: projectContext, Lead: leadContext, CustomerAccount: toCustomerAccount };
  const context = contexts[props.contextType](deal, props.nowMs);
  return {
    Arn: engagementArn(props.catalog, props.id),
    Contexts: [{ Id: '1', Payload: { [props.contextType]: context }, Type: props.contextType }],
    CreatedAt: toNanosecond(props.nowMs, props.random),
    CreatedBy: props.by.accountId,
    Description: deal.problem,
    EngagementMemberList: [toMember(props.by)],
    Id: props.id,
    MemberCount: 1,
    Title: deal.title,
  };
}

export function toMember(party: Party): JsonObject {
  return { AccountId: party.accountId, CompanyName: party.companyName, WebsiteUrl: party.websiteUrl };
}

export function membersIn(body: JsonObject): readonly JsonObject[] {
  const members = at(body, 'EngagementMemberList');
  return isJsonArray(members) ? members.filter(isJsonObject) : [];
}

export function contextsIn(body: JsonObject): readonly Json[] {
  const contexts = at(body, 'Contexts');
  return isJsonArray(contexts) ? contexts : [];
}

export function contextTypesIn(body: JsonObject): readonly Json[] {
  return [...new Set(contextsIn(body).flatMap((context) => textAt(context, 'Type') ?? []))];
}

const descriptions = [
  'The customer wants to decide this quarter.',
  'The customer asks for a second workshop.',
  'The budget has been confirmed.',
];
const qualifications = ['New', 'Contacted', 'Qualified', 'Nurturing'];
/** AWS keeps at most 5. */
const contextLimit = 5;

/** Generates a change that a member makes to an engagement. The result always differs. */
export function generateEngagementChange(body: JsonObject, random: Random, newDeal: () => Deal): JsonObject {
  const contexts = contextsIn(body);
  const described = {
    Description: pick(
      random,
      descriptions.filter((each) => each !== body['Description']),
    ),
  };
  const [first] = contexts;
  const change = contextChanges.get(textAt(first, 'Type') ?? '');
  if (change && random() < 0.5) return { Contexts: [change(first, random), ...contexts.slice(1)] };
  if (contexts.length >= contextLimit || random() < 0.5) return described;
  const project = projectContext(newDeal());
  const added = {
    Id: String(contexts.length + 1),
    Payload: { CustomerProject: project },
    Type: 'CustomerProject',
  };
  return { Contexts: [...contexts, added] };
}

/** Contexts whose content changes, by their type. */
const contextChanges: ReadonlyMap<string, (context: Json | undefined, random: Random) => JsonObject> =
  new Map([
    ['Lead', changeQualification],
    ['CustomerAccount', changeIndustry],
  ]);

function changeQualification(context: Json | undefined, random: Random): JsonObject {
  const status = textAt(context, 'Payload', 'Lead', 'QualificationStatus');
  const others = qualifications.filter((each) => each !== status);
  return changeContext(context, { Lead: { QualificationStatus: pick(random, others) } });
}

function changeIndustry(context: Json | undefined, random: Random): JsonObject {
  const industry = textAt(context, 'Payload', 'CustomerAccount', 'Customer', 'Industry');
  const others = industries.filter((each) => each !== industry);
  return changeContext(context, { CustomerAccount: { Customer: { Industry: pick(random, others) } } });
}

function changeContext(context: Json | undefined, Payload: JsonObject): JsonObject {
  return mergePatch(isJsonObject(context) ? context : {}, { Payload });
}

function projectContext(deal: Deal): JsonObject {
  return {
    Customer: toCustomer(deal),
    Project: { BusinessProblem: deal.problem, TargetCompletionDate: deal.closeDate, Title: deal.title },
  };
}

/** The lead with its contact, which the invitation does not reveal. */
function leadContext(deal: Deal, nowMs: number): JsonObject {
  const contact = {
    BusinessTitle: 'Head of Platform',
    Email: 'contact@customer.example.com',
    FirstName: 'Nikki',
    LastName: 'Example',
    Phone: null,
  };
  const { CountryCode, ...customer } = toCustomer(deal);
  const address = { City: null, CountryCode: CountryCode ?? null, PostalCode: null, StateOrRegion: null };
  return {
    Customer: { ...customer, Address: address, AwsMaturity: 'Evaluating', MarketSegment: 'Enterprise' },
    Insights: { LeadReadinessScore: 'Medium' },
    Interactions: [
      {
        BusinessProblem: deal.problem,
        Contact: contact,
        CustomerAction: 'Requested a demonstration',
        InteractionDate: toSecond(nowMs),
        SourceId: 'EXAMPLE-7',
        SourceName: 'Example campaign',
        SourceType: 'Campaign',
        Usecase: 'Database',
      },
    ],
    QualificationStatus: 'New',
  };
}

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
import { type Deal, generateDeal, toCustomer } from './opportunity-body.ts';
import { engagementArn } from './partner-events.ts';
import { mergePatch } from './simulated-records.ts';

export interface NewEngagement {
  readonly catalog: string;
  readonly id: string;
  readonly by: Party;
  readonly contextType: 'CustomerProject' | 'Lead';
  readonly nowMs: number;
  readonly random: Random;
}

/**
 * The answer of GetEngagement. `EngagementMemberList` holds all pages of ListEngagementMembers.
 * Recorded engagements that were never modified omit `ModifiedAt` and `ModifiedBy`.
 */
export function newEngagement(deal: Deal, props: NewEngagement): JsonObject {
  const context = props.contextType === 'Lead' ? leadContext(deal, props.nowMs) : projectContext(deal);
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

function contextsIn(body: JsonObject): readonly Json[] {
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
export function generateEngagementChange(body: JsonObject, random: Random, nowMs: number): JsonObject {
  const contexts = contextsIn(body);
  const described = {
    Description: pick(
      random,
      descriptions.filter((each) => each !== body['Description']),
    ),
  };
  const [first] = contexts;
  if (textAt(first, 'Type') === 'Lead' && random() < 0.5)
    return { Contexts: [changeQualification(first, random), ...contexts.slice(1)] };
  if (contexts.length >= contextLimit || random() < 0.5) return described;
  const project = projectContext(generateDeal(random, nowMs));
  const added = {
    Id: String(contexts.length + 1),
    Payload: { CustomerProject: project },
    Type: 'CustomerProject',
  };
  return { Contexts: [...contexts, added] };
}

function changeQualification(context: Json | undefined, random: Random): JsonObject {
  const lead = at(context, 'Payload', 'Lead');
  const status = textAt(lead, 'QualificationStatus');
  const others = qualifications.filter((each) => each !== status);
  const changed = mergePatch(isJsonObject(lead) ? lead : {}, { QualificationStatus: pick(random, others) });
  return mergePatch(isJsonObject(context) ? context : {}, { Payload: { Lead: changed } });
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

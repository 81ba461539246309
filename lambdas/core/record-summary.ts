import type { Change } from './change.ts';
import { type ExactNumber, parseNumber } from './exact-number.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from './json.ts';
import type { RecordKind } from './record.ts';

/** Members of a payload that lists print, besides the attributes of a record. */
export interface SummaryMembers {
  /** The partner's own id of the opportunity. */
  readonly partnerId?: string | undefined;
  /** Expected customer spend, as a number. */
  readonly amount?: number | ExactNumber | undefined;
  readonly currency?: string | undefined;
  readonly nextSteps?: string | undefined;
  /** The partner's owner of the opportunity: an e-mail address, or a name. */
  readonly owner?: string | undefined;
  /** AWS's engagement score. Known from the AWS-side summary only. */
  readonly score?: string | undefined;
  /** AWS's account owner or sales representative, likewise. */
  readonly accountManager?: string | undefined;
  /** Who referred the opportunity, likewise. */
  readonly origin?: string | undefined;
}

export function summaryMembersOf(kind: RecordKind, payload: JsonObject): SummaryMembers {
  if (kind === 'opportunity')
    return {
      partnerId: textAt(payload, 'PartnerOpportunityIdentifier'),
      ...spendIn(payload),
      nextSteps: textAt(payload, 'LifeCycle', 'NextSteps'),
      owner: memberOf(payload, ['Opportunity Owner']),
    };
  if (kind === 'aws-opportunity-summary')
    return {
      ...spendIn(payload),
      nextSteps: textAt(payload, 'LifeCycle', 'NextSteps'),
      score: textAt(payload, 'Insights', 'EngagementScore'),
      accountManager: memberOf(payload, ['AWS Account Owner', 'AWS Sales Rep']),
      origin: textAt(payload, 'Origin'),
    };
  return kind === 'engagement-invitation' ? spendIn(at(payload, 'Payload', 'OpportunityInvitation')) : {};
}

/**
 * AWS's model has up to 31 digits and two decimals. Up to six decimals are read: a number of
 * DynamoDB has up to 38 digits.
 */
const amountText = /^\d{1,31}(?:\.\d{0,6})?$/;

/** The first amount that can be read. */
function spendIn(payload: Json | undefined): Pick<SummaryMembers, 'amount' | 'currency'> {
  for (const spend of listAt(payload, 'Project', 'ExpectedCustomerSpend')) {
    const amount = textAt(spend, 'Amount');
    if (amount !== undefined && amountText.test(amount))
      return { amount: parseNumber(amount), currency: textAt(spend, 'CurrencyCode') };
  }
  return {};
}

/**
 * Returns the member of the team with the first of these titles that a member has. Titles have
 * spaces in recorded answers, and none in AWS's model.
 */
function memberOf(payload: JsonObject, titles: readonly string[]): string | undefined {
  const team = listAt(payload, 'OpportunityTeam');
  const found = titles
    .map((title) =>
      team.find((member) => plainTitle(textAt(member, 'BusinessTitle') ?? '') === plainTitle(title)),
    )
    .find((member) => member !== undefined);
  const name = [textAt(found, 'FirstName'), textAt(found, 'LastName')].filter(Boolean).join(' ');
  return textAt(found, 'Email') ?? (name === '' ? undefined : name);
}

function plainTitle(title: string): string {
  return title.replaceAll(' ', '').toLowerCase();
}

function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return isJsonArray(found) ? found : [];
}

/** AWS's timestamps, which every change of AWS changes. */
const timestamps = new Set(['/LastModifiedDate', '/ModifiedAt']);

/** Whether a change says only that AWS has written the record. */
export function isTimestampPath(path: string): boolean {
  return timestamps.has(path);
}

/** An index entry of more than 1 KB costs another write unit. */
const mostPaths = 20;
const longestPath = 100;

/**
 * Returns which members a version changed besides AWS's timestamp, without values. If there are
 * many, it returns the first ones, and the number of all in `changeCount`.
 */
export function changedPathsOf(changes: readonly Change[]): {
  readonly paths?: readonly string[] | undefined;
  readonly changeCount?: number | undefined;
} {
  const paths = changes.map(({ path }) => path).filter((path) => !isTimestampPath(path));
  if (paths.length === 0) return {};
  return {
    paths: paths.slice(0, mostPaths).map((path) => path.slice(0, longestPath).toWellFormed()),
    changeCount: paths.length > mostPaths ? paths.length : undefined,
  };
}

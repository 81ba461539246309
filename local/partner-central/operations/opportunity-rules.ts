import {
  at,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  omitNulls,
  textAt,
} from '../../../lambdas/core/json.ts';
import { canonicalJson } from '../../../lambdas/core/json-text.ts';
import { toDay } from '../model/aws-timestamps.ts';
import { regionsOfTheUnitedStates } from '../model/united-states.ts';
import type { InvalidField } from '../wire/wire-error.ts';

const lockedStatuses = ['Submitted', 'In review'];
export const closedStages = ['Launched', 'Closed Lost'];

/** Whether AWS reviews the opportunity, so that it takes no update. */
export function isLocked(stored: JsonObject): boolean {
  return lockedStatuses.includes(textAt(stored, 'LifeCycle', 'ReviewStatus') ?? '');
}

/** Members that may change while AWS waits for an action of the partner. Dots separate levels. */
const openInActionRequired = [
  'Customer.Account.Address',
  'Customer.Account.WebsiteUrl',
  'LifeCycle.ReviewStatus',
  'LifeCycle.TargetCloseDate',
  'PartnerOpportunityIdentifier',
  'Project.CustomerBusinessProblem',
  'Project.ExpectedCustomerSpend',
];
/** Members that may change after the opportunity is launched or lost. */
const openAfterTheEnd = ['Project.AdditionalComments', 'Project.DeliveryModels'];
/** Members that do not change after the approval. */
const closedAfterApproval = [
  'Customer.Account.Address.CountryCode',
  'Customer.Account.Address.PostalCode',
  'Customer.Account.Address.StateOrRegion',
  'Customer.Account.CompanyName',
  'Customer.Account.Industry',
  'Customer.Account.OtherIndustry',
  'Marketing.CampaignName',
  'NationalSecurity',
  'Project.CustomerBusinessProblem',
  'Project.Title',
];

/**
 * Returns what the service refuses in an update beyond the shape of the request. An opportunity
 * that is locked is refused before.
 * @param next the opportunity as the update would leave it
 */
export function updateProblems(stored: JsonObject, next: JsonObject, nowMs: number): readonly InvalidField[] {
  return [
    ...contentProblems(next, nowMs),
    ...(textAt(next, 'LifeCycle', 'Stage') === undefined ? [missing('LifeCycle.Stage')] : []),
    ...closedMembers(stored, next).map((path) => notPermitted(path)),
  ];
}

/** Returns what the service refuses in the content of any opportunity that is written. */
export function contentProblems(next: JsonObject, nowMs: number): readonly InvalidField[] {
  const text = (path: string) => textAt(next, ...path.split('.'));
  const stage = text('LifeCycle.Stage');
  const closeDate = text('LifeCycle.TargetCloseDate');
  const isLost = stage === 'Closed Lost';
  const isMarketed = text('Marketing.Source') === 'Marketing Activity';
  const region = text('Customer.Account.Address.StateOrRegion');
  const isForeign = text('Customer.Account.Address.CountryCode') !== 'US';
  return [
    ...emptyTexts(next).map((path) => invalidValue(path, 'is empty')),
    ...(closeDate === undefined ? [missing('LifeCycle.TargetCloseDate')] : []),
    ...(closeDate !== undefined && closeDate < toDay(nowMs)
      ? [invalidValue('LifeCycle.TargetCloseDate', 'is in the past')]
      : []),
    ...requiredOnlyIf(isLost, 'LifeCycle.ClosedLostReason', next),
    ...requiredIf(text('Customer.Account.Industry') === 'Other', 'Customer.Account.OtherIndustry', next),
    ...requiredIf(text('Project.CompetitorName') === '*Other', 'Project.OtherCompetitorNames', next),
    ...requiredIf(text('OpportunityType') === 'Flat Renewal', 'Project.RelatedOpportunityIdentifier', next),
    ...requiredIf(isMarketed, 'Marketing.AwsFundingUsed', next),
    ...['CampaignName', 'Channels', 'UseCases', 'AwsFundingUsed'].flatMap((name) =>
      forbiddenIf(!isMarketed, `Marketing.${name}`, next),
    ),
    ...(isForeign || region === undefined || regionsOfTheUnitedStates.has(region)
      ? []
      : [invalidValue('Customer.Account.Address.StateOrRegion', 'is not the full name of a state')]),
  ];
}

/** The changed members that an opportunity in its state does not let change. */
function closedMembers(stored: JsonObject, next: JsonObject): readonly string[] {
  const status = textAt(stored, 'LifeCycle', 'ReviewStatus');
  const changed = changedPaths(stored, next, '').filter((path) => path !== 'LifeCycle.NextStepsHistory');
  if (status === undefined || status === 'Rejected') return changed;
  if (status === 'Action Required') return changed.filter((path) => !isIn(openInActionRequired)(path));
  if (status === 'Pending Submission') return changed.filter(isIn(['LifeCycle.Stage']));
  if (closedStages.includes(textAt(stored, 'LifeCycle', 'Stage') ?? ''))
    return changed.filter((path) => !isIn(openAfterTheEnd)(path));
  return changed.filter(isIn([...closedAfterApproval, 'SoftwareRevenue']));
}

/** Whether a path is one of these members, or inside of one. */
function isIn(members: readonly string[]): (path: string) => boolean {
  return (path) => members.some((member) => path === member || path.startsWith(`${member}.`));
}

/**
 * Paths of the innermost members that differ, joined by dots. A list is one value. An absent object
 * has no members.
 */
function changedPaths(before: Json | undefined, after: Json | undefined, path: string): readonly string[] {
  const [old, next] = [before ?? after, after ?? before];
  if (isJsonObject(old) && isJsonObject(next))
    return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((name) =>
      changedPaths(at(before ?? {}, name), at(after ?? {}, name), path === '' ? name : `${path}.${name}`),
    );
  return comparableText(before) === comparableText(after) ? [] : [path];
}

/** Absent members are null in what is stored, and left out in requests. */
function comparableText(value: Json | undefined): string {
  return canonicalJson(omitNulls({ value: value ?? null }));
}

function emptyTexts(value: Json, path = ''): readonly string[] {
  if (value === '') return [path];
  if (isJsonArray(value)) return value.flatMap((each) => emptyTexts(each, path));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    emptyTexts(inner, path === '' ? name : `${path}.${name}`),
  );
}

function requiredIf(condition: boolean, path: string, body: JsonObject): readonly InvalidField[] {
  return condition && isAbsent(path, body) ? [missing(path)] : [];
}

function forbiddenIf(condition: boolean, path: string, body: JsonObject): readonly InvalidField[] {
  return condition && !isAbsent(path, body) ? [invalidValue(path, 'must be absent')] : [];
}

function requiredOnlyIf(condition: boolean, path: string, body: JsonObject): readonly InvalidField[] {
  return [...requiredIf(condition, path, body), ...forbiddenIf(!condition, path, body)];
}

function isAbsent(path: string, body: JsonObject): boolean {
  return (at(body, ...path.split('.')) ?? null) === null;
}

function missing(FieldName: string): InvalidField {
  return { FieldName, Message: `${FieldName} is required`, Code: 'REQUIRED_FIELD_MISSING' };
}

export function invalidValue(FieldName: string, problem: string): InvalidField {
  return { FieldName, Message: `${FieldName} ${problem}`, Code: 'INVALID_VALUE' };
}

function notPermitted(FieldName: string): InvalidField {
  return { FieldName, Message: `${FieldName} cannot be changed now`, Code: 'ACTION_NOT_PERMITTED' };
}

import { isDay, parseInstant } from './instant.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from './json.ts';

/** Records of Partner Central. */
export const partnerRecordKinds = [
  'opportunity',
  'aws-opportunity-summary',
  'engagement-invitation',
  'engagement',
] as const;
export type PartnerRecordKind = (typeof partnerRecordKinds)[number];

export const recordKinds = [...partnerRecordKinds, 'command'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Identifies a record of Partner Central, or a command. */
export interface RecordKey {
  readonly catalog: string;
  readonly kind: RecordKind;
  /** The id of AWS. An AWS-side summary has the id of its opportunity. */
  readonly id: string;
}

export interface VersionRef extends RecordKey {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
}

/** `<catalog>/<kind>/<id>`: the partition key of the Records table. */
export function recordPath(key: RecordKey): string {
  return `${key.catalog}/${key.kind}/${key.id}`;
}

export function parseRecordPath(path: string): RecordKey | undefined {
  const [catalog, kindText, id, ...rest] = path.split('/');
  const kind = recordKinds.find((known) => known === kindText);
  return catalog && kind && id && rest.length === 0 ? { catalog, kind, id } : undefined;
}

/**
 * Members of the payload that people query by. Real responses omit even required members, so each
 * may be absent.
 */
export interface RecordAttributes {
  readonly title?: string;
  readonly customerName?: string;
  readonly stage?: string;
  readonly reviewStatus?: string;
  readonly status?: string;
  /**
   * Target close date (`YYYY-MM-DD`) of an opportunity, or expiration timestamp of an invitation.
   */
  readonly dueOn?: string;
  readonly engagementId?: string;
}

/** An invalid date is left out and is not an error: the payload keeps what AWS sent. */
export function attributesOf(kind: RecordKind, payload: JsonObject): RecordAttributes {
  if (kind === 'engagement-invitation') return invitationAttributes(payload);
  if (kind === 'command') return commandAttributes(payload);
  return kind === 'engagement' ? engagementAttributes(payload) : opportunityAttributes(payload);
}

function commandAttributes(payload: JsonObject): RecordAttributes {
  return {
    title: textAt(payload, 'action'),
    status: textAt(payload, 'status'),
    dueOn: parseInstant(payload['expiresAt']),
  };
}

/** The AWS-side summary has members of the same names. */
function opportunityAttributes(payload: JsonObject): RecordAttributes {
  const targetCloseDate = textAt(payload, 'LifeCycle', 'TargetCloseDate');
  return {
    title: textAt(payload, 'Project', 'Title'),
    customerName: textAt(payload, 'Customer', 'Account', 'CompanyName'),
    stage: textAt(payload, 'LifeCycle', 'Stage'),
    reviewStatus: textAt(payload, 'LifeCycle', 'ReviewStatus'),
    dueOn: targetCloseDate && isDay(targetCloseDate) ? targetCloseDate : undefined,
  };
}

/**
 * `engagementId` is the engagement's own id, so that one query finds the engagement and its related
 * records. The customer is that of the first context that names one.
 */
function engagementAttributes(payload: JsonObject): RecordAttributes {
  const contexts = at(payload, 'Contexts');
  return {
    title: textAt(payload, 'Title'),
    customerName: isJsonArray(contexts) ? contexts.map(customerOfContext).find(isKnown) : undefined,
    engagementId: textAt(payload, 'Id'),
  };
}

function customerOfContext(context: Json): string | undefined {
  const kinds = ['CustomerProject', 'Lead', 'CustomerAccount'];
  return (
    kinds.map((kind) => textAt(context, 'Payload', kind, 'Customer', 'CompanyName')).find(isKnown) ??
    textAt(context, 'Payload', 'ProspectingResult', 'Aws', 'Customer', 'AccountName')
  );
}

function isKnown(text: string | undefined): boolean {
  return text !== undefined;
}

function invitationAttributes(payload: JsonObject): RecordAttributes {
  return {
    title:
      textAt(payload, 'Payload', 'OpportunityInvitation', 'Project', 'Title') ??
      textAt(payload, 'EngagementTitle'),
    customerName: ['OpportunityInvitation', 'LeadInvitation', 'AccountPlanningInvitation']
      .map((type) => textAt(payload, 'Payload', type, 'Customer', 'CompanyName'))
      .find(isKnown),
    status: textAt(payload, 'Status'),
    dueOn: parseInstant(payload['ExpirationDate']),
    engagementId: textAt(payload, 'EngagementId'),
  };
}

import * as v from 'valibot';
import { type PartnerRecordKind, partnerRecordKinds } from '../../lambdas/core/record.ts';
import { compareTexts } from '../../lambdas/core/text-order.ts';

const reference = v.looseObject({ shape: v.string(), sensitive: v.optional(v.boolean(), false) });
const modelSchema = v.looseObject({
  operations: v.record(
    v.string(),
    v.looseObject({ output: v.optional(reference), documentation: v.optional(v.string(), '') }),
  ),
  shapes: v.record(
    v.string(),
    v.looseObject({
      type: v.string(),
      sensitive: v.optional(v.boolean(), false),
      enum: v.optional(v.array(v.string())),
      members: v.optional(v.record(v.string(), reference)),
      member: v.optional(reference),
      value: v.optional(reference),
    }),
  ),
});

/** The parts of a service model of botocore (`service-2.json`) that the comparison reads. */
export type ServiceModel = v.InferOutput<typeof modelSchema>;

/** @throws ValiError if the model has another format */
export function parseServiceModel(text: string): ServiceModel {
  return v.parse(modelSchema, JSON.parse(text));
}

/** What the project knows of the API: recorded from a model in `known-api.json`. */
export interface KnownApi {
  readonly operations: readonly string[];
  /** Values by the name of the enum: those that the code names, and those of members. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** Members without members of their own, as JSON Pointers; `*` is any element. */
  readonly members: Readonly<Record<PartnerRecordKind, readonly string[]>>;
  /** Those that the model calls sensitive. */
  readonly sensitive: Readonly<Record<PartnerRecordKind, readonly string[]>>;
  /**
   * By member, for what is not a plain text: the name of its enum, a type such as `timestamp`, or
   * `map` for an object whose member names are data.
   */
  readonly types: Readonly<Record<PartnerRecordKind, Readonly<Record<string, string>>>>;
}

/** Lists of all countries and currencies are not recorded. */
const mostValues = 100;

/** The enums whose values the code names. */
export const namedEnums = [
  'AwsFundingUsed',
  'AwsMemberBusinessTitle',
  'AwsPartition',
  'Channel',
  'ClosedLostReason',
  'CompetitorName',
  'DeliveryModel',
  'EngagementContextType',
  'EngagementInvitationPayloadType',
  'ExpectedContractDurationTerm',
  'Industry',
  'InvitationStatus',
  'MarketingSource',
  'NationalSecurity',
  'OpportunityType',
  'ParticipantType',
  'PaymentFrequency',
  'PrimaryNeedFromAws',
  'RelatedEntityType',
  'RevenueModel',
  'ReviewStatus',
  'SalesActivity',
  'Stage',
  'TaskStatus',
];

/** The answers that the payload of a kind is made of, and the part of the answer that it takes. */
const answers: Readonly<Record<PartnerRecordKind, readonly (readonly [operation: string, part: string])[]>> =
  {
    opportunity: [['GetOpportunity', '/']],
    'aws-opportunity-summary': [['GetAwsOpportunitySummary', '/']],
    'engagement-invitation': [['GetEngagementInvitation', '/']],
    engagement: [
      ['GetEngagement', '/'],
      ['ListEngagementMembers', '/EngagementMemberList/'],
    ],
  };

export function readApi(model: ServiceModel): KnownApi {
  const all = (kind: PartnerRecordKind) =>
    answers[kind].flatMap(([operation, part]) =>
      membersOf(model, model.operations[operation]?.output).filter(({ path }) => path.startsWith(part)),
    );
  const leaves = (kind: PartnerRecordKind) => all(kind).filter(({ type }) => type !== 'map');
  const typed = (kind: PartnerRecordKind) => all(kind).filter(({ type }) => type !== 'string');
  const enums = partnerRecordKinds.flatMap(typed).flatMap(({ type }) => (model.shapes[type] ? type : []));
  return {
    operations: Object.keys(model.operations).toSorted(),
    enums: Object.fromEntries(
      [...new Set([...namedEnums, ...enums])]
        .toSorted()
        .map((name) => [name, model.shapes[name]?.enum ?? []]),
    ),
    members: byKind((kind) => leaves(kind).map(({ path }) => path)),
    sensitive: byKind((kind) => leaves(kind).flatMap(({ path, isSensitive }) => (isSensitive ? path : []))),
    types: typesByKind((kind) => typed(kind).map(({ path, type }) => [path, type])),
  };
}

function typesByKind(
  types: (kind: PartnerRecordKind) => readonly (readonly [path: string, type: string])[],
): KnownApi['types'] {
  const [opportunity, summary, invitation, engagement] = partnerRecordKinds;
  const sorted = (kind: PartnerRecordKind) =>
    Object.fromEntries(types(kind).toSorted(([a], [b]) => compareTexts(a, b)));
  return {
    [opportunity]: sorted(opportunity),
    [summary]: sorted(summary),
    [invitation]: sorted(invitation),
    [engagement]: sorted(engagement),
  };
}

function byKind(
  paths: (kind: PartnerRecordKind) => readonly string[],
): Record<PartnerRecordKind, readonly string[]> {
  const [opportunity, summary, invitation, engagement] = partnerRecordKinds;
  const sorted = (kind: PartnerRecordKind) => [...new Set(paths(kind))].toSorted();
  return {
    [opportunity]: sorted(opportunity),
    [summary]: sorted(summary),
    [invitation]: sorted(invitation),
    [engagement]: sorted(engagement),
  };
}

interface Member {
  readonly path: string;
  readonly isSensitive: boolean;
  /** See KnownApi.types. */
  readonly type: string;
}
type Reference = v.InferOutput<typeof reference>;

/**
 * Returns members without members of their own, and maps. A member inside a sensitive member is
 * sensitive. A shape inside itself ends the path.
 */
function membersOf(
  model: ServiceModel,
  { shape: name, sensitive }: Reference = { shape: '', sensitive: false },
  path = '',
  outer: { readonly isSensitive: boolean; readonly shapes: readonly string[] } = {
    isSensitive: false,
    shapes: [],
  },
): readonly Member[] {
  const shape = model.shapes[name];
  const isSensitive = outer.isSensitive || sensitive || (shape?.sensitive ?? false);
  const members = Object.entries(shape?.members ?? {});
  const element = shape?.member ?? shape?.value;
  if (element) members.push(['*', element]);
  if (members.length === 0 || outer.shapes.includes(name))
    return path === '' ? [] : [{ path, isSensitive, type: leafType(model, name) }];
  const inner = { isSensitive, shapes: [...outer.shapes, name] };
  const map: readonly Member[] = shape?.type === 'map' ? [{ path, isSensitive, type: 'map' }] : [];
  return [...map, ...members.flatMap(([step, member]) => membersOf(model, member, `${path}/${step}`, inner))];
}

function leafType(model: ServiceModel, name: string): string {
  const { type = 'string', enum: values = [] } = model.shapes[name] ?? {};
  return values.length > 0 && values.length < mostValues ? name : type;
}

import type { Change } from './change.ts';
import { epochMsOf, type Instant, instantOf } from './instant.ts';
import type { JsonObject } from './json.ts';
import { type MessageType, messageTypes, topicsOf } from './message-type.ts';
import type { RecordKind, VersionRef } from './record.ts';
import { decide, type Version } from './version.ts';

/** The catalog of test messages. Partner Central has `AWS` and `Sandbox` only. */
export const testCatalog = 'Test';

const kinds: Readonly<Record<string, RecordKind>> = {
  opportunity: 'opportunity',
  aws_opportunity_summary: 'aws-opportunity-summary',
  engagement_invitation: 'engagement-invitation',
  engagement: 'engagement',
  command: 'command',
};

/**
 * `O`, milliseconds since 1970, two digits for the type. Every attempt makes the same version from
 * this id alone.
 */
const idPattern = /^O(\d{13})(\d{2})$/;

/** Names the version that a test of an endpoint delivers. Each millisecond has its own. */
export function sampleRef(type: MessageType, at: Instant): VersionRef {
  const digits = String(messageTypes.indexOf(type)).padStart(2, '0');
  return { catalog: testCatalog, kind: kindOf(type), id: `O${epochMsOf(at)}${digits}`, version: 1 };
}

/** Returns the made-up version that a test sends, or undefined if the ref is not one of a test. */
export function sampleVersion(ref: VersionRef): Version | undefined {
  const [, madeAtMs, digits] = idPattern.exec(ref.id) ?? [];
  const type = messageTypes[Number(digits)];
  if (ref.catalog !== testCatalog || !madeAtMs || !type || kindOf(type) !== ref.kind) return undefined;
  return makeSample(type, instantOf(Number(madeAtMs)));
}

/** Makes the version that a test of an endpoint delivers. */
export function makeSample(type: MessageType, madeAt: Instant): Version {
  const ref = sampleRef(type, madeAt);
  const decision = decide(undefined, {
    key: ref,
    payload: payloads[ref.kind](ref.id, madeAt),
    readAt: madeAt,
    cause: { detailType: 'Test', eventIds: [], eventTime: madeAt },
  });
  if (decision.outcome !== 'stored') throw new TypeError('a record without a state takes any version');
  const changes = type.endsWith('.created') ? [] : changesOf[ref.kind];
  return { ...decision.version, type, topics: topicsOf(ref.kind, type, changes), changes };
}

function kindOf(type: MessageType): RecordKind {
  return kinds[type.slice(0, type.indexOf('.'))] ?? 'opportunity';
}

const stageChange: readonly Change[] = [{ path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' }];

const changesOf: Readonly<Record<RecordKind, readonly Change[]>> = {
  opportunity: stageChange,
  'aws-opportunity-summary': stageChange,
  'engagement-invitation': [{ path: '/Status', before: 'CREATED', after: 'PENDING' }],
  engagement: [{ path: '/Title', before: 'Example', after: 'Example engagement' }],
  command: [],
};

const payloads: Readonly<Record<RecordKind, (id: string, madeAt: Instant) => JsonObject>> = {
  opportunity: (id, madeAt) => ({
    Catalog: testCatalog,
    Id: id,
    Customer: { Account: { CompanyName: 'Example Corp' } },
    Project: { Title: 'A test of this endpoint' },
    LifeCycle: { Stage: 'Qualified', ReviewStatus: 'Approved', TargetCloseDate: madeAt.slice(0, 10) },
    LastModifiedDate: madeAt,
  }),
  'aws-opportunity-summary': (id) => ({
    Catalog: testCatalog,
    RelatedOpportunityId: id,
    LifeCycle: { Stage: 'Qualified' },
  }),
  'engagement-invitation': (id, madeAt) => ({
    Catalog: testCatalog,
    Id: id,
    EngagementTitle: 'A test of this endpoint',
    Status: 'PENDING',
    InvitationDate: madeAt,
  }),
  engagement: (id, madeAt) => ({
    Catalog: testCatalog,
    Id: id,
    Title: 'Example engagement',
    CreatedAt: madeAt,
  }),
  command: (id, madeAt) => ({
    action: 'opportunity.update',
    key: 'test',
    status: 'succeeded',
    target: { kind: 'opportunity', id },
    endedAt: madeAt,
  }),
};

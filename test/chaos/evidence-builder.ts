import type { JsonObject } from '../../lambdas/core/json.ts';
import { messageOf } from '../../lambdas/core/message.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import { type Observation, type RecordState, restate, type Version } from '../../lambdas/core/version.ts';
import type { Post } from '../../local/chaos/chaos-receiver.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import type { PastState } from '../../local/chaos/truth-log.ts';
import { endpoint } from '../builders/endpoints.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { historyOf, invitationKey, messageIdFor, observation, opportunityKey } from '../builders/versions.ts';

export const opportunityPath = recordPath(opportunityKey);
export const invitationPath = recordPath(invitationKey);

/** A state that Partner Central held from this time on. */
export function state(body: JsonObject, at: string, inaccessible = false): PastState {
  return { atMs: Date.parse(at), body, inaccessible };
}

/** A request that delivered a version to an endpoint that wants everything. */
export function postOf(version: Version, of: Partial<Post> = {}): Post {
  return {
    endpointId: 'ep_all',
    webhookId: messageIdFor(version),
    body: messageOf(version, endpoint()).body,
    path: recordPath(version),
    version: version.version,
    verified: true,
    startedAtMs: version.version * 10_000,
    endedAtMs: version.version * 10_000 + 50,
    outcome: 'delivered',
    ...of,
  };
}

const before = opportunityPayload({ lastModifiedDate: '2026-03-01T10:00:00.000Z', stage: 'Prospect' });
const after = opportunityPayload({ lastModifiedDate: '2026-03-01T10:05:00.000Z', stage: 'Qualified' });
export const bodies = { before, after };

const reads: readonly Observation[] = [
  observation({ payload: before, readAt: '2026-03-01T10:00:02.000Z' }),
  observation({ payload: after, readAt: '2026-03-01T10:05:02.000Z' }),
];

/**
 * Evidence without violations: two states of an opportunity, stored and delivered.
 * @param of what differs
 */
export function evidence(of: Partial<Evidence> = {}): Evidence {
  const { versions, current } = stored(reads);
  return {
    truth: new Map([
      [
        opportunityPath,
        [state(before, '2026-03-01T10:00:00.000Z'), state(after, '2026-03-01T10:05:00.000Z')],
      ],
    ]),
    current,
    versions,
    subscriptions: [{ id: 'ep_all', topics: ['*'], catalogs: [] }],
    goneEndpoints: new Set(),
    posts: [...versions.values()].flat().map((version) => postOf(version)),
    events: new Map(),
    unusable: new Map(),
    parked: [],
    quotaThrottled: 0,
    sightings: [],
    unfinished: [],
    acceptedThroughApi: new Map(),
    erased: new Set(),
    selectedForErasure: new Set(),
    removedMessages: new Map(),
    rowEdits: new Map(),
    rowReports: [],
    functionFaults: new Map(),
    isPersonal: (text) => text.includes('personal'),
    sending: { entries: [], endedAtMs: [] },
    sentCommands: [],
    effectiveWrites: [],
    disturbedDeliveries: new Map(),
    ...of,
  };
}

/** The content of the table after these reads of one record. */
export function stored(observations: readonly Observation[]): Pick<Evidence, 'current' | 'versions'> {
  const { versions, current } = historyOf(observations);
  return tableOf(versions, current);
}

export function tableOf(
  versions: readonly Version[],
  current: RecordState | undefined = versions.at(-1),
): Pick<Evidence, 'current' | 'versions'> {
  const [first] = versions;
  if (!first || !current) return { current: new Map(), versions: new Map() };
  const path = recordPath(first);
  return { current: new Map([[path, current]]), versions: new Map([[path, versions]]) };
}

/** Evidence of an invitation that was read and then rejected, redacted or not. */
export function rejectedInvitation(isRedacted: boolean): Evidence {
  const pending = invitationPayload({ status: 'PENDING' });
  const rejected = { ...pending, Status: 'REJECTED' };
  const { versions } = historyOf([
    observation({ key: invitationKey, payload: isRedacted ? redactPayload(pending) : pending }),
    observation({
      key: invitationKey,
      payload: isRedacted ? redactPayload(rejected) : rejected,
      readAt: '2026-03-01T10:05:02.000Z',
      tombstone: true,
      redacted: isRedacted,
    }),
  ]);
  const [first, second] = versions;
  if (!first || !second) throw new Error('a rejected invitation has two versions');
  return evidence({
    truth: new Map([
      [
        invitationPath,
        [
          state(pending, '2026-03-01T10:00:00.000Z'),
          state({ ...rejected, RejectionReason: 'Unable to support' }, '2026-03-01T10:05:00.000Z', true),
        ],
      ],
    ]),
    ...tableOf([{ ...first, redacted: isRedacted }, second]),
    posts: versions.map((version) => postOf(version)),
  });
}

/** A new version with the next number that only adds a link. */
export function linkedTo(
  version: Version,
  kind: 'opportunity' | 'engagement-invitation',
  id: string,
): Version {
  return restate(version, {
    type: version.type,
    topics: version.topics,
    cause: version.cause,
    links: [{ kind, id, via: 'acceptance-task' }],
  });
}

import { type MessageId, numberedMessageIdOf } from '../../lambdas/core/ids.ts';
import type { RecordKey, VersionRef } from '../../lambdas/core/record.ts';
import { sampleVersion } from '../../lambdas/core/sample-version.ts';
import {
  type Cause,
  decide,
  type Observation,
  type RecordState,
  type Version,
} from '../../lambdas/core/version.ts';
import { opportunityPayload } from './payloads.ts';

export const opportunityKey: RecordKey = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567' };
export const summaryKey: RecordKey = { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1234567' };
export const invitationKey: RecordKey = {
  catalog: 'AWS',
  kind: 'engagement-invitation',
  id: 'engi-abcdefgh12345',
};

export const engagementKey: RecordKey = { catalog: 'AWS', kind: 'engagement', id: 'eng-abcdefgh123456' };

export const cause: Cause = {
  detailType: 'Opportunity Updated',
  eventIds: ['0a1b2c3d-0000-4000-8000-000000000001'],
  eventTime: '2026-03-01T10:00:00.000Z',
};

/** One observation, by default of an opportunity. */
export function observation(of: Partial<Observation> = {}): Observation {
  return {
    key: opportunityKey,
    payload: opportunityPayload(),
    readAt: '2026-03-01T10:00:02.000Z',
    cause,
    ...of,
  };
}

/** The version that an observation makes from a state. */
export function versionOf(observed: Observation = observation(), current?: RecordState): Version {
  const decision = decide(current, observed);
  if (decision.outcome !== 'stored') throw new Error(`no version: the observation is ${decision.outcome}`);
  return decision.version;
}

/** The message id of a version or a sample; of any other ref, that of an earlier release. */
export function messageIdFor(ref: VersionRef | Version): MessageId {
  if ('messageId' in ref) return ref.messageId;
  return sampleVersion(ref)?.messageId ?? numberedMessageIdOf(ref);
}

/** The state that `current` returns for a version: without its cause. */
export function stateOf(version: Version): RecordState {
  const { type: _type, topics: _topics, changes: _changes, cause: _cause, ...rest } = version;
  const { occurredAt: _at, previousMessageId: _previous, echoes: _echoes, ...state } = rest;
  return state;
}

/**
 * What a store holds after these observations in this order: all versions and the current state.
 */
export function historyOf(observations: readonly Observation[]): {
  versions: Version[];
  current: RecordState | undefined;
} {
  const versions: Version[] = [];
  let current: RecordState | undefined;
  for (const observed of observations) {
    const decision = decide(current, observed);
    if (decision.outcome === 'stored') {
      versions.push(decision.version);
      current = decision.version;
    }
    // A later read of unchanged content advances `readAt`.
    if (decision.outcome === 'unchanged' && current && observed.readAt > current.readAt)
      current = { ...current, readAt: observed.readAt };
  }
  return { versions, current };
}

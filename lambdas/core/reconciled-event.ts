import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import { stringifyJson } from './json-text.ts';
import { type Listed, reconciledDetailTypes, reconcileSource } from './partner-event.ts';

/** A record that a list of Partner Central returns in a state that the table does not have. */
export interface Finding {
  readonly catalog: string;
  readonly kind: keyof typeof reconciledDetailTypes;
  readonly id: string;
  readonly listed: Listed;
  /**
   * Members of an invitation from its list, by their names in an event: used if the invitation can
   * no longer be read.
   * @default {}
   */
  readonly known?: JsonObject | undefined;
}

/**
 * Member of an item of ListEngagementInvitations -> member of an event. Queues carry no names and
 * no account ids.
 */
export const listedInvitationMembers = {
  Arn: 'arn',
  EngagementId: 'engagementId',
  PayloadType: 'payloadType',
  ExpirationDate: 'expirationDate',
  ParticipantType: 'participantType',
} as const;

/** The members of an event that identify a record. */
const naming = {
  opportunity: (identifier: string): JsonObject => ({ opportunity: { identifier } }),
  'engagement-invitation': (id: string, known: JsonObject): JsonObject => ({
    engagementInvitation: { ...known, id },
  }),
  engagement: (engagementId: string): JsonObject => ({ engagement: { engagementId } }),
};

/**
 * Returns a finding as a queue body in the shape of AWS's events, so that it takes the same path.
 * Holds ids and timestamps only.
 */
export function reconciledEventBody(
  runId: string,
  at: Instant,
  { catalog, kind, id, listed, known = {} }: Finding,
): string {
  return stringifyJson({
    source: reconcileSource,
    id: runId,
    'detail-type': reconciledDetailTypes[kind],
    time: at,
    detail: { catalog, ...naming[kind](id, known), listed },
  });
}

import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import { type Listed, reconciledDetailTypes, reconcileSource } from './partner-event.ts';

/** A record that a list of Partner Central's shows in a state that the table lacks. */
export interface Finding {
  readonly catalog: string;
  readonly kind: keyof typeof reconciledDetailTypes;
  readonly id: string;
  readonly listed: Listed;
  /** Of an invitation: what its list told, by the names of an event, in case that nothing more can be read. @default nothing */
  readonly known?: JsonObject | undefined;
}

/** Members of an item of ListEngagementInvitations -> of an event. Ids and dates: queues carry no names and no account ids. */
export const listedInvitationMembers = {
  Arn: 'arn',
  EngagementId: 'engagementId',
  PayloadType: 'payloadType',
  ExpirationDate: 'expirationDate',
  ParticipantType: 'participantType',
} as const;

/** How each kind is named in an event. */
const naming = {
  opportunity: (identifier: string): JsonObject => ({ opportunity: { identifier } }),
  'engagement-invitation': (id: string, known: JsonObject): JsonObject => ({
    engagementInvitation: { ...known, id },
  }),
  engagement: (engagementId: string): JsonObject => ({ engagement: { engagementId } }),
};

/** The queue body that tells of a finding, in the shape of AWS's own events, so that one way leads to the table. Ids and stamps only. */
export function reconciledEventBody(
  runId: string,
  at: Instant,
  { catalog, kind, id, listed, known = {} }: Finding,
): string {
  return JSON.stringify({
    source: reconcileSource,
    id: runId,
    'detail-type': reconciledDetailTypes[kind],
    time: at,
    detail: { catalog, ...naming[kind](id, known), listed },
  });
}

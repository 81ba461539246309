import { numberedMessageIdOf } from '../../lambdas/core/ids.ts';
import { invitationPayload } from './invitation-payloads.ts';
import { invitationKey } from './versions.ts';

// Items as release 0.1.0 (commit 491605a) wrote them. Never change one: they are in tables.

// cspell:disable: names of that release
const record = 'AWS/engagement-invitation/engi-abcdefgh12345';
const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What current item and version had in common. The copies of the payload are for queries. */
const state = {
  ...invitationKey,
  version: 2,
  contentHash: hash,
  statusRank: 0,
  readAt: '2026-03-01T10:00:02.000Z',
  title: 'Data platform',
  customerName: 'Example Corp',
  status: 'PENDING',
  dueOn: '2026-03-16T10:00:00.123Z',
  engagementId: 'eng-abcdefgh123456',
  expiringTold: '2026-03-16T10:00:00.123Z',
  payload: invitationPayload(),
};

export const former = {
  current: {
    pk: record,
    sk: 'current',
    ...state,
    catalogKind: 'AWS/engagement-invitation',
    modifiedAt: '2026-03-01T10:00:02.000Z',
    catalogKindStatus: 'AWS/engagement-invitation/PENDING',
    dueKey: '2026-03-16T10:00:00.123Z',
    customerKey: 'example corp',
    engagementKey: 'eng-abcdefgh123456',
  },
  version: {
    pk: record,
    sk: 'version#0000000002',
    ...state,
    type: 'engagement_invitation.updated',
    topics: ['engagement_invitation.updated'],
    cause: { detailType: 'reconcile', eventIds: ['run-1'], eventTime: '2026-03-01T10:00:00.000Z' },
    occurredAt: '2026-03-01T10:00:00.000Z',
    changes: [{ path: '/InvitationMessage', before: 'Hello', after: 'Hi' }],
    outbox: 'pending',
    outboxDueAt: '2026-03-01T10:01:00.000Z',
  },
  delivery: {
    pk: 'delivery#dlv_00000000000000000000000000000001',
    sk: 'delivery',
    id: 'dlv_00000000000000000000000000000001',
    messageId: numberedMessageIdOf({ ...invitationKey, version: 2 }),
    endpointId: 'ep_crm',
    record,
    version: 2,
    correlationId: 'run-1',
    wanted: true,
    status: 'pending',
    attemptNumber: 1,
    attempts: [
      {
        number: 1,
        startedAt: '2026-03-01T10:00:03.000Z',
        durationMs: 20,
        outcome: 'refused',
        status: 503,
        answer: 'busy',
      },
    ],
    createdAt: '2026-03-01T10:00:03.000Z',
    due: 'pending',
    dueAt: '2026-03-01T10:05:00.000Z',
    expiresAtEpochSeconds: 1_775_000_000,
  },
  endpoint: {
    pk: 'endpoint',
    sk: 'ep_crm',
    id: 'ep_crm',
    url: 'https://crm.example.com/hooks',
    headers: { 'x-team': 'crm' },
    timeoutSeconds: 15,
    secretId: 'relay/ep_crm',
    topics: ['opportunity.*'],
    catalogs: ['AWS'],
    payload: 'full',
    redact: ['personal-data'],
    ordering: 'per-record',
  },
  /** Workers and circuit breaker of an endpoint. */
  lanes: {
    pk: 'lanes',
    sk: 'ep_crm',
    lanes: { 'worker-1': '2026-03-01T10:00:10.000Z' },
    failuresInARow: 2,
    failingSince: '2026-03-01T09:00:00.000Z',
    openings: 0,
    revision: 4,
  },
  pass: {
    pk: 'pass',
    sk: 'AWS/opportunities',
    dueAt: '2026-03-01T11:00:00.000Z',
    asked: true,
    fullAskedAt: '2026-03-01T09:59:00.000Z',
    state: {
      watermark: '2026-03-01T08:00:00.000Z',
      heldSince: '2026-03-01T07:00:00.000Z',
      lastFullAt: '2026-02-28T08:00:00.000Z',
      progress: {
        startedAt: '2026-03-01T09:30:00.000Z',
        full: false,
        nextToken: 'token-2',
        highestStamp: '2026-03-01T09:00:00.000Z',
        pages: 1,
        items: 20,
        findings: 0,
        changes: 0,
        unusable: 0,
      },
    },
  },
  ledger: {
    pk: 'quota',
    sk: 'reads',
    writer: 'worker-1',
    writtenAt: '2026-03-01T10:00:00.000Z',
    nextFreeAt: '2026-03-01T10:00:01.000Z',
    closures: 0,
    hours: { '2026-03-01T10': 42 },
    revision: 7,
  },
  /** No event had arrived yet. */
  firstRead: { pk: 'sightings', sk: 'event', firstAskedAt: '2026-03-01T10:00:00.000Z' },
  solutions: {
    pk: 'solutions',
    sk: 'AWS',
    names: { 'S-1234567': 'Example solution' },
    readAt: '2026-03-01T10:00:00.000Z',
  },
} as const;

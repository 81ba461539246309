import type { Replay } from '../../bin/pcr/replay/replay.ts';
import type { ReplaySelection } from '../../bin/pcr/replay/selection.ts';
import type { contentItem } from '../../lambdas/adapters/command-content-item.ts';
import type { firstAttemptItem, newItem } from '../../lambdas/adapters/delivery-item.ts';
import type { clientFields } from '../../lambdas/core/client-definition.ts';
import type { definitionFields } from '../../lambdas/core/endpoint-definition.ts';
import type { EndpointGate } from '../../lambdas/core/endpoint-gate.ts';
import type { Line, LineKey, Ticket } from '../../lambdas/core/line.ts';
import { webhookTable } from '../../lambdas/core/tables.ts';
import {
  type Attribute,
  itemFormatAttribute,
  type NamesOf,
  type TableDictionary,
} from './table-dictionary.ts';

type Keys = 'pk' | 'sk' | 'format';
type Expiry = typeof webhookTable.timeToLive;
type Dictionary<Names extends PropertyKey> = Readonly<Record<Names, Attribute>>;

const keys = {
  pk: { type: 'S', meaning: 'kind of the item; for deliveries with the id' },
  sk: { type: 'S', meaning: 'id within the kind' },
  format: itemFormatAttribute,
} satisfies Dictionary<Keys>;

const expiry: Attribute = {
  type: 'N',
  meaning: 'epoch seconds after which DynamoDB deletes the item',
};

/** Updates write the last three. */
const delivery = {
  ...keys,
  id: { type: 'S', meaning: '`dlv_` and 32 digits, derived from message and endpoint' },
  messageId: { type: 'S', meaning: 'the `webhook-id`' },
  previousMessageId: { type: 'S', meaning: 'the `webhook-id` of the version before, to find its delivery' },
  endpointId: { type: 'S', meaning: 'endpoint that receives the message' },
  record: { type: 'S', meaning: '`pk` of the record in table Records' },
  version: { type: 'N', meaning: 'number of the version that is sent' },
  correlationId: { type: 'S', meaning: 'id of the first event that caused it, or the pass of `reconcile`' },
  wanted: {
    type: 'BOOL',
    meaning:
      'false if the row only keeps the order and nothing is sent; missing if that is decided before the first attempt, because the endpoint was unreadable',
  },
  status: {
    type: 'S',
    meaning:
      '`pending`, `held`, `delivered`, `exhausted`, `cancelled`, `skipped` because the endpoint does not want it, or `unreadable`: edited by hand and invalid',
  },
  attemptNumber: { type: 'N', meaning: 'attempts in the current retry schedule' },
  attempts: {
    type: 'L',
    meaning:
      '`number`, `startedAt`, `durationMs`, `outcome`, HTTP `status`, why it failed in `reason`, and the first 512 characters in `answer`',
    personal: 'may',
  },
  createdAt: { type: 'S', meaning: 'when the delivery was added; missing during a first attempt' },
  due: { type: 'S', meaning: '`pending` or `unreadable`, while the status is' },
  dueAt: {
    type: 'S',
    meaning:
      'when the next attempt is due; during an attempt, the end of the lease; if unreadable, when it was found',
  },
  expiresAtEpochSeconds: expiry,
  reason: {
    type: 'S',
    meaning: 'why it is exhausted, cancelled or unreadable; `echo` if it was skipped as an echo',
  },
  waitsFor: { type: 'S', meaning: 'with `per-record` ordering: the delivery that has to end first' },
  replayId: { type: 'S', meaning: 'last replay that changed the delivery' },
  firstAttempt: {
    type: 'M',
    meaning:
      'during a first attempt that was made before the row was added: `id` of the claim, `at` and `until` of its lease',
  },
} satisfies Dictionary<
  | NamesOf<ReturnType<typeof newItem> | ReturnType<typeof firstAttemptItem>>
  | 'reason'
  | 'waitsFor'
  | 'replayId'
>;

const endpoint = {
  ...keys,
  id: { type: 'S', meaning: '`ep_` and a name' },
  description: { type: 'S', meaning: 'description by the operator', personal: 'may' },
  messageFormat: {
    type: 'S',
    meaning: '`slack` or `teams`, if people read the messages; missing for signed messages',
  },
  url: { type: 'S', meaning: 'URL that receives webhooks; missing for a chat, whose URL is a secret' },
  headers: { type: 'M', meaning: 'headers of every message; may hold credentials of the receiver' },
  timeoutSeconds: { type: 'N', meaning: 'timeout of one attempt' },
  caCertificate: {
    type: 'S',
    meaning: 'PEM of the authority of a private receiver; never trusted for public addresses',
  },
  secretId: {
    type: 'S',
    meaning: 'id in Secrets Manager of the signing secret, or of the URL of a chat; never the secret itself',
  },
  eventBus: { type: 'S', meaning: 'ARN of the event bus, instead of `url`' },
  topics: { type: 'L', meaning: 'types and topics that the endpoint wants' },
  catalogs: { type: 'L', meaning: 'catalogs that the endpoint wants; empty for all' },
  filter: { type: 'M', meaning: 'event pattern on the whole message', personal: 'may' },
  payload: { type: 'S', meaning: '`full` or `thin`' },
  redact: {
    type: 'L',
    meaning: 'members that are removed from its messages; or a map whose `only` lists what they keep',
  },
  ordering: { type: 'S', meaning: '`none` or `per-record`' },
  ratePerSecond: { type: 'N', meaning: 'maximum messages per second' },
  client: { type: 'S', meaning: 'name in commands of the client whose own endpoint it is' },
  echo: { type: 'S', meaning: '`mark` or `omit`: what becomes of echoes of the client' },
  disabled: { type: 'M', meaning: '`reason` and `at` if the endpoint is disabled' },
  listenerExpiresAt: { type: 'S', meaning: '`pcr listen`: when the listener expires' },
  expiresAtEpochSeconds: {
    type: 'N',
    meaning: '`pcr listen`: one hour after the listener expires, when DynamoDB may delete it',
  },
} satisfies Dictionary<
  Keys | (typeof definitionFields)[number] | 'messageFormat' | 'disabled' | 'listenerExpiresAt' | Expiry
>;

const gate = {
  ...keys,
  slots: {
    type: 'M',
    meaning:
      'workers that send to the endpoint now, each with the end of its lease, except quick lone deliveries',
  },
  breaker: {
    type: 'M',
    meaning:
      'circuit breaker: `failuresInARow`, `failingSince`, `lastFailedAt`, `openings` since it was last closed, `openUntil`',
  },
  pace: { type: 'M', meaning: 'rate limit: `nextSlotAt`, `lastPostponedTo`' },
  pause: {
    type: 'M',
    meaning: 'nothing is sent before `until`: `cause` (`retry-after` or `own-fault`), `since`, `reason`',
  },
  slowAt: { type: 'S', meaning: 'when a batch last took longer than a second' },
  revision: { type: 'N', meaning: 'number of writes, for the optimistic lock' },
} satisfies Dictionary<Keys | keyof EndpointGate | 'revision'>;

const replay = {
  ...keys,
  endpointId: { type: 'S', meaning: 'endpoint that the replay is for' },
  failed: { type: 'BOOL', meaning: 'whether to replay only exhausted deliveries' },
  record: { type: 'S', meaning: 'the only record to replay, if one was chosen' },
  since: { type: 'S', meaning: 'oldest version to replay, if one was chosen' },
  until: { type: 'S', meaning: 'newest version to replay' },
  types: { type: 'L', meaning: 'types and topics to replay; empty for all' },
  ratePerSecond: { type: 'N', meaning: 'messages per second' },
  startedAt: { type: 'S', meaning: 'when the replay was requested' },
  expiresAtEpochSeconds: expiry,
} satisfies Dictionary<Keys | keyof ReplaySelection | Exclude<keyof Replay, 'id' | 'selection'> | Expiry>;

const line = {
  ...keys,
  signals: {
    type: 'N',
    meaning: 'acceptances, approvals, cancellations and unlocks so far; the last acceptance took its number',
  },
  waiting: { type: 'N', meaning: 'number of its tickets' },
  claimId: { type: 'S', meaning: 'the worker that has the line' },
  due: {
    type: 'S',
    meaning: '`line` while there is work; `unreadable` if it was edited by hand and is invalid',
  },
  dueAt: { type: 'S', meaning: 'when a worker may claim the line; during a claim, the end of the lease' },
  openCall: {
    type: 'B',
    meaning:
      'a call whose end is unknown, as compressed JSON: `number` of its ticket, `beganAt`, `timestamp` of the read before, in `before` the values that it was to change, and `command`',
    personal: 'may',
  },
  answered: {
    type: 'M',
    meaning:
      'the last answered call, until a read shows what it did: `commandId`, `answeredAt`, `timestamp`, `reviewStatus`',
  },
  applied: {
    type: 'L',
    meaning: 'the last commands that changed the record: `number`, `id`, `key`, `client`, `answeredAt`',
  },
  lastTaskAt: {
    type: 'S',
    meaning: "when the last task of a command began that has ended, by AWS's clock; missing before the first",
  },
  fruitlessClaims: { type: 'N', meaning: 'claims in a row after which no command has moved on' },
} satisfies Dictionary<Keys | Exclude<keyof Line, keyof LineKey> | 'waiting' | 'due'>;

const ticket = {
  ...keys,
  number: { type: 'N', meaning: 'its place in the line; a later acceptance has a higher number' },
  commandId: { type: 'S', meaning: 'id of the record of the command' },
  client: { type: 'S', meaning: 'name of the client: its id, or the ARN of a caller' },
  action: { type: 'S', meaning: 'what to do, such as `opportunity.update`' },
  expiresAt: { type: 'S', meaning: 'the command does not begin after this' },
  failsIfLocked: {
    type: 'BOOL',
    meaning: 'whether it ends while AWS reviews the record, instead of waiting',
  },
  after: { type: 'S', meaning: 'id of the command that must have succeeded before' },
  needsApproval: { type: 'BOOL', meaning: 'whether it waits for an approval' },
  isCancelled: { type: 'BOOL', meaning: 'whether it was cancelled' },
} satisfies Dictionary<Keys | keyof Ticket>;

const content = {
  ...keys,
  packed: {
    type: 'B',
    meaning: 'compressed JSON: `body` and `request` of the client, and in `base` the values that it saw',
    personal: 'may',
  },
  tokenRequest: {
    type: 'B',
    meaning: 'compressed JSON: the request with a token as it is sent, `generation` of the token, `taskId`',
    personal: 'may',
  },
  awsMessages: { type: 'L', meaning: 'what AWS said about a refusal', personal: 'may' },
  expiresAtEpochSeconds: expiry,
} satisfies Dictionary<NamesOf<ReturnType<typeof contentItem>> | 'tokenRequest' | 'awsMessages' | Expiry>;

const requestRate = {
  ...keys,
  busyUntilMs: {
    type: 'N',
    meaning: 'epoch milliseconds at which all requests of the client so far would be over at its even rate',
  },
  expiresAtEpochSeconds: expiry,
} satisfies Dictionary<Keys | 'busyUntilMs' | Expiry>;

const client = {
  ...keys,
  id: { type: 'S', meaning: 'name of the client in its commands' },
  description: { type: 'S', meaning: 'description by the operator', personal: 'may' },
  disabled: { type: 'BOOL', meaning: 'true while every request of the client is refused; else missing' },
  actions: { type: 'L', meaning: 'actions that it may ask for' },
  catalogs: { type: 'L', meaning: 'catalogs that it may ask for' },
  writable: { type: 'L', meaning: 'JSON Pointers to what it may change; an empty one for the whole record' },
  never: { type: 'L', meaning: 'JSON Pointers to what it may not change' },
  requestsPerMinute: { type: 'N', meaning: 'requests that are answered in a minute' },
  approval: { type: 'S', meaning: '`never`, `always`, or a list of the actions that wait for an operator' },
} satisfies Dictionary<Keys | (typeof clientFields)[number] | 'disabled'>;

const linePartition = '`pk` is `line#<catalog>/<kind>/<id>` with the record';
const { due, byEndpoint } = webhookTable.indexes;

export const webhookItems: TableDictionary = {
  name: 'Webhooks',
  output: 'WebhooksTableName',
  items: [
    {
      name: 'Deliveries',
      keys: '`pk` is `delivery#<id>`, `sk` is `delivery`.',
      kept: '30 days after the delivery was added, last attempted, released or replayed.',
      attributes: delivery,
    },
    {
      name: 'Lines of commands',
      keys: `${linePartition}, \`sk\` is \`line\`.`,
      kept: 'permanently, one for each record that a command was for.',
      attributes: line,
    },
    {
      name: 'Tickets of commands',
      keys: `${linePartition}, \`sk\` is \`ticket#<number>\`, in ten digits.`,
      kept: 'until the command has ended.',
      attributes: ticket,
    },
    {
      name: 'Contents of commands',
      keys: `${linePartition}, \`sk\` is \`content#<number>\`, in ten digits.`,
      kept: '90 days after the command has ended, or until an erasure.',
      attributes: content,
    },
    {
      name: 'Endpoints',
      keys: '`pk` is `endpoint`, `sk` its id.',
      kept: 'until the endpoint is removed.',
      attributes: endpoint,
    },
    {
      name: 'Clients',
      keys: '`pk` is `client`, `sk` its id.',
      kept: 'until the client is removed.',
      attributes: client,
    },
    {
      name: 'Endpoint gates',
      keys: '`pk` is `gate`, `sk` the id of the endpoint.',
      kept: 'permanently, one for each endpoint that ever received a message.',
      attributes: gate,
    },
    {
      name: 'Replays',
      keys: '`pk` is `replay`, `sk` its id.',
      kept: '30 days after its start.',
      attributes: replay,
    },
    {
      name: 'Rates of clients',
      keys: '`pk` is `request-rate`, `sk` the id of the client.',
      kept: 'a day after its last request at the signed door.',
      attributes: requestRate,
    },
  ],
  indexes: [
    {
      ...due,
      holds: 'pending and unreadable deliveries, and lines of commands that are due or unreadable',
      carries: [],
    },
    { ...byEndpoint, holds: 'all deliveries', carries: webhookTable.projected },
  ],
};

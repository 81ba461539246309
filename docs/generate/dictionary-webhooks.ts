import type { Replay } from '../../bin/pcr/replay/replay.ts';
import type { ReplaySelection } from '../../bin/pcr/replay/selection.ts';
import type { newItem } from '../../lambdas/adapters/delivery-item.ts';
import type { definitionFields } from '../../lambdas/core/endpoint-definition.ts';
import type { EndpointGate } from '../../lambdas/core/endpoint-gate.ts';
import { webhookTable } from '../../lambdas/core/tables.ts';
import type { Attribute, NamesOf, TableDictionary } from './table-dictionary.ts';

type Keys = 'pk' | 'sk';
type Expiry = typeof webhookTable.timeToLive;
type Dictionary<Names extends PropertyKey> = Readonly<Record<Names, Attribute>>;

const keys = {
  pk: { type: 'S', meaning: 'what kind of item it is; of a delivery its id too' },
  sk: { type: 'S', meaning: 'which of them it is' },
} satisfies Dictionary<Keys>;

const expiry: Attribute = {
  type: 'N',
  meaning: 'DynamoDB deletes the item some time after that, in epoch seconds',
};

/** The last three are written by updates. */
const delivery = {
  ...keys,
  id: { type: 'S', meaning: '`dlv_` and 32 digits, derived from message and endpoint' },
  messageId: { type: 'S', meaning: 'the `webhook-id`' },
  endpointId: { type: 'S', meaning: 'where it goes' },
  record: { type: 'S', meaning: '`pk` of the record in table Records' },
  version: { type: 'N', meaning: 'number of the version that is sent' },
  correlationId: { type: 'S', meaning: 'id of the first event that led to it, or the run of `reconcile`' },
  wanted: { type: 'BOOL', meaning: 'false where nothing is sent and the row only keeps the order' },
  status: {
    type: 'S',
    meaning: '`pending`, `held`, `delivered`, `exhausted`, `cancelled`, or `skipped` as it was not wanted',
  },
  attemptNumber: { type: 'N', meaning: 'attempts of the present schedule' },
  attempts: {
    type: 'L',
    meaning:
      '`number`, `startedAt`, `durationMs`, `outcome`, HTTP `status`, and in `answer` its first 512 characters',
    personal: 'may',
  },
  createdAt: { type: 'S', meaning: 'when it was added' },
  due: { type: 'S', meaning: '`pending`, while it is' },
  dueAt: {
    type: 'S',
    meaning: 'when it is attempted next; while it is being attempted, the end of the lease',
  },
  expiresAtEpochSeconds: expiry,
  reason: { type: 'S', meaning: 'of one that is exhausted or cancelled' },
  waitsFor: { type: 'S', meaning: 'with ordering: the delivery whose end wakes it' },
  replayId: { type: 'S', meaning: 'the last replay that moved it' },
} satisfies Dictionary<NamesOf<ReturnType<typeof newItem>> | 'reason' | 'waitsFor' | 'replayId'>;

const endpoint = {
  ...keys,
  id: { type: 'S', meaning: '`ep_` and a name' },
  description: { type: 'S', meaning: 'what the operator says of it', personal: 'may' },
  url: { type: 'S', meaning: 'where webhooks are sent' },
  headers: { type: 'M', meaning: 'sent with every message; may hold credentials of the receiver' },
  timeoutSeconds: { type: 'N', meaning: 'of one attempt' },
  secretId: { type: 'S', meaning: 'the secret of Secrets Manager that signs; never the secret itself' },
  eventBus: { type: 'S', meaning: 'ARN of the event bus, in place of `url`' },
  topics: { type: 'L', meaning: 'types and topics that it wants' },
  catalogs: { type: 'L', meaning: 'catalogs that it wants; empty for all' },
  filter: { type: 'M', meaning: 'event pattern on the whole message', personal: 'may' },
  payload: { type: 'S', meaning: '`full` or `thin`' },
  redact: { type: 'L', meaning: 'members that its messages go without' },
  ordering: { type: 'S', meaning: '`none` or `per-record`' },
  ratePerSecond: { type: 'N', meaning: 'most messages in a second' },
  disabled: { type: 'M', meaning: '`reason` and `at`, where it is sent nothing' },
  listenerExpiresAt: { type: 'S', meaning: 'of `pcr listen`: nobody listens after that' },
} satisfies Dictionary<Keys | (typeof definitionFields)[number] | 'disabled' | 'listenerExpiresAt'>;

const gate = {
  ...keys,
  slots: { type: 'M', meaning: 'workers that send to the endpoint now, each with the end of its lease' },
  breaker: {
    type: 'M',
    meaning:
      'circuit breaker: `failuresInARow`, `failingSince`, `lastFailedAt`, `openings` since it was last closed, `openUntil`',
  },
  pace: { type: 'M', meaning: 'rate limit: `nextSlotAt`, `lastPostponedTo`' },
  revision: { type: 'N', meaning: 'counts the writes' },
} satisfies Dictionary<Keys | keyof EndpointGate | 'revision'>;

const replay = {
  ...keys,
  endpointId: { type: 'S', meaning: 'whom it is for' },
  failed: { type: 'BOOL', meaning: 'whether it takes exhausted deliveries alone' },
  record: { type: 'S', meaning: 'the only record that it takes, where it is one' },
  since: { type: 'S', meaning: 'the oldest that it takes, where that is told' },
  until: { type: 'S', meaning: 'the newest that it takes' },
  types: { type: 'L', meaning: 'types and topics that it takes; empty for all' },
  ratePerSecond: { type: 'N', meaning: 'messages in a second' },
  startedAt: { type: 'S', meaning: 'when it was asked for' },
  expiresAtEpochSeconds: expiry,
} satisfies Dictionary<Keys | keyof ReplaySelection | Exclude<keyof Replay, 'id' | 'selection'> | Expiry>;

const { due, byEndpoint } = webhookTable.indexes;

export const webhookItems: TableDictionary = {
  name: 'Webhooks',
  output: 'WebhooksTableName',
  items: [
    {
      name: 'Deliveries',
      keys: '`pk` is `delivery#<id>`, `sk` is `delivery`.',
      kept: '30 days from when it was added, last worked on, released or replayed.',
      attributes: delivery,
    },
    {
      name: 'Endpoints',
      keys: '`pk` is `endpoint`, `sk` its id.',
      kept: 'until the endpoint is removed.',
      attributes: endpoint,
    },
    {
      name: 'Endpoint gates',
      keys: '`pk` is `gate`, `sk` the id of the endpoint.',
      kept: 'for good, one for each endpoint that was ever sent anything.',
      attributes: gate,
    },
    {
      name: 'Replays',
      keys: '`pk` is `replay`, `sk` its id.',
      kept: '30 days from its start.',
      attributes: replay,
    },
  ],
  indexes: [
    { ...due, holds: 'pending deliveries', carries: [] },
    { ...byEndpoint, holds: 'all deliveries', carries: webhookTable.projected },
  ],
};

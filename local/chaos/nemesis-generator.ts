import type { EndpointId } from '../../lambdas/core/ids.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { NameAnswer } from './name-server.ts';
import { type MessageRefusal, messageRefusals, type WaitRequest, waitRequests } from './receiver-answers.ts';

/** Gives an attribute of a row another type, or removes it. */
export interface RowEdit {
  readonly kind: 'edit-row';
  readonly row: EditedKind;
  /** All three choose one of those that are possible: 0 the first, almost 1 the last. */
  readonly which: number;
  readonly attribute: number;
  readonly value: number;
  /** How long after a report the operator repairs the row, if no function does. */
  readonly forMs: number;
}
/**
 * Kinds of rows. `gate`: of an endpoint. `delivery`: one that is due. `current`: the current item
 * of a record. `sightings`: the last event, or a detail-type.
 */
const editedKinds = [
  'current',
  'delivery',
  'endpoint',
  'gate',
  'ledger',
  'pass',
  'sightings',
  'solutions',
  'version',
] as const;
export type EditedKind = (typeof editedKinds)[number];
/** Edited more often: workers set these rows aside, and an operator repairs them. */
const setAsideKinds = ['current', 'version'] as const;

/** Makes the secret of an endpoint unusable for some time. */
export interface SecretBreak {
  readonly kind: 'break-secret';
  readonly endpointId: string;
  /**
   * `one-malformed`: the version before still signs. `line-break`: a line break after the secret,
   * which must not matter. `denied`: the functions may not decrypt it.
   */
  readonly how: (typeof secretBreaks)[number];
  readonly forMs: number;
}
const secretBreaks = ['malformed', 'one-malformed', 'line-break', 'deleted', 'denied'] as const;

/** A fault that the nemesis injects at a planned time. */
export type NemesisAction =
  | { readonly kind: 'end-worker'; readonly functionId: string }
  | { readonly kind: 'stall-stream'; readonly forMs: number }
  | { readonly kind: 'trim-stream'; readonly forMs: number }
  | { readonly kind: 'reread-stream' }
  | { readonly kind: 'purge'; readonly queueId: string }
  | {
      readonly kind: 'refuse-calls';
      readonly functionId: string;
      readonly service: 'DYNAMODB' | 'SQS';
      readonly forMs: number;
    }
  | { readonly kind: 'partner-central-throttles'; readonly forMs: number }
  | {
      readonly kind: 'partner-central-fails';
      readonly fault: 'internal' | 'hang-up';
      readonly forMs: number;
    }
  /** Lists of solutions never end: the pages repeat, with the same token or with new ones. */
  | { readonly kind: 'endless-lists'; readonly tokens: 'same' | 'new'; readonly forMs: number }
  /** DNS does not find the name of a receiver, fails, or does not answer. */
  | { readonly kind: 'break-names'; readonly answer: NameAnswer; readonly forMs: number }
  | SecretBreak
  | RowEdit
  /** The endpoint that is never down refuses this many messages of a type in a row. */
  | {
      readonly kind: 'refuse-type';
      readonly type: string;
      readonly refusal: MessageRefusal;
      readonly times: number;
    }
  /** The endpoint that is never down answers its next message with Retry-After. */
  | { readonly kind: 'ask-to-wait'; readonly request: WaitRequest }
  /** An operator erases the opportunity that was created as this one, counted from 0. */
  | { readonly kind: 'erase-record'; readonly opportunity: number }
  /** An operator puts an opportunity back to its items of some time ago. */
  | { readonly kind: 'restore-record'; readonly opportunity: number; readonly forMs: number };

export interface PlannedAction {
  /** Milliseconds after the start of the storm. */
  readonly atMs: number;
  readonly action: NemesisAction;
}

/** The parts of a stage that the nemesis can harm. */
export interface Targets {
  readonly functionIds: readonly string[];
  /** Purged more often than event queues: everything that a doorbell says is also in a row. */
  readonly doorbellIds: readonly string[];
  readonly eventQueueIds: readonly string[];
  /** Endpoints whose secrets may break. */
  readonly endpointIds: readonly EndpointId[];
}

/** Numbers of the opportunities that are restored or erased. Their rows are not edited too. */
export const harmedOpportunities = [0, 3, 4] as const;

/** Most messages are updates: only they make five refusals in a row likely. */
const refusedTypes = ['opportunity.updated', 'opportunity.updated', 'opportunity.created'];

/** Chooses the actions of one storm. The same random numbers give the same plan. */
export function generateStorm(random: Random, targets: Targets, stormMs: number): readonly PlannedAction[] {
  const { functionIds, doorbellIds, eventQueueIds, endpointIds } = targets;
  const times = (count: number, action: () => NemesisAction): PlannedAction[] =>
    Array.from({ length: count }, () => ({ atMs: between(random, 200, stormMs), action: action() }));
  const plan = [
    ...times(between(random, 4, 8), () => ({ kind: 'end-worker', functionId: pick(random, functionIds) })),
    ...times(between(random, 1, 2), () => ({ kind: 'stall-stream', forMs: between(random, 300, 1_500) })),
    ...times(between(random, 2, 3), () => ({ kind: 'trim-stream', forMs: between(random, 300, 1_200) })),
    ...times(between(random, 2, 4), () => ({ kind: 'reread-stream' })),
    ...times(between(random, 1, 3), () => ({ kind: 'purge', queueId: pick(random, doorbellIds) })),
    ...times(between(random, 0, 1), () => ({ kind: 'purge', queueId: pick(random, eventQueueIds) })),
    ...times(between(random, 2, 4), () => ({
      kind: 'refuse-calls',
      functionId: pick(random, functionIds),
      service: pick(random, ['DYNAMODB', 'DYNAMODB', 'SQS']),
      forMs: between(random, 100, 800),
    })),
    // After a throttled read the functions make no read for at least one second.
    ...times(between(random, 0, 1), () => ({
      kind: 'partner-central-throttles',
      forMs: between(random, 50, 250),
    })),
    ...times(between(random, 1, 3), () => ({
      kind: 'partner-central-fails',
      fault: pick(random, ['internal', 'hang-up']),
      forMs: between(random, 50, 300),
    })),
    ...times(1, () => ({
      kind: 'endless-lists',
      tokens: pick(random, ['same', 'new']),
      forMs: between(random, 500, 2_000),
    })),
    ...times(1, () => ({
      kind: 'break-names',
      answer: pick(random, ['no-such-name', 'server-failure', 'silent', 'silent']),
      forMs: between(random, 500, 2_000),
    })),
    // At most once for each endpoint: a secret is mended by the one that broke it.
    ...endpointIds
      .filter(() => random() < 0.6)
      .flatMap((endpointId) =>
        times(1, () => ({
          kind: 'break-secret',
          endpointId,
          how: pick(random, secretBreaks),
          forMs: between(random, 500, 2_500),
        })),
      ),
    ...times(between(random, 2, 3), () => ({
      kind: 'refuse-type',
      type: pick(random, refusedTypes),
      refusal: pick(random, messageRefusals),
      times: between(random, 14, 24),
    })),
    ...times(between(random, 1, 3), () => ({
      kind: 'ask-to-wait',
      request: pick(random, waitRequests),
    })),
    // Not the same opportunity: a restore after an erasure brings everything back.
    ...times(1, () => ({
      kind: 'restore-record',
      opportunity: 0,
      forMs: between(random, 500, 2_000),
    })),
    ...times(between(random, 7, 10), () => ({
      kind: 'edit-row',
      row: pick(random, [...editedKinds, ...setAsideKinds, ...setAsideKinds]),
      which: random(),
      attribute: random(),
      value: random(),
      forMs: between(random, 500, 2_000),
    })),
    ...times(1, () => ({ kind: 'erase-record', opportunity: between(random, 3, 4) })),
  ];
  return plan.toSorted((a, b) => a.atMs - b.atMs);
}

import { between, pick, type Random } from '../partner-central/seeded-random.ts';

/** Something that the adversary does at a chosen instant. */
export type NemesisAction =
  | { readonly kind: 'end-worker'; readonly functionId: string }
  | { readonly kind: 'stall-stream'; readonly forMs: number }
  | { readonly kind: 'trim-stream'; readonly forMs: number }
  | { readonly kind: 'reread-stream' }
  | { readonly kind: 'purge'; readonly queueId: string }
  | {
      readonly kind: 'spell';
      readonly functionId: string;
      readonly service: 'DYNAMODB' | 'SQS';
      readonly forMs: number;
    }
  | { readonly kind: 'partner-central-throttles'; readonly forMs: number }
  | {
      readonly kind: 'partner-central-fails';
      readonly fault: 'internal' | 'hang-up';
      readonly forMs: number;
    };

export interface PlannedAction {
  /** After the storm's beginning. */
  readonly atMs: number;
  readonly act: NemesisAction;
}

/** What a stage has that can be harmed. */
export interface Targets {
  readonly functionIds: readonly string[];
  /** Doorbells are purged more often: all that they say stands in rows. */
  readonly doorbellIds: readonly string[];
  readonly eventQueueIds: readonly string[];
}

/** Chooses the acts of one storm. The same numbers give the same plan. */
export function generateStorm(random: Random, targets: Targets, stormMs: number): readonly PlannedAction[] {
  const { functionIds, doorbellIds, eventQueueIds } = targets;
  const times = (count: number, act: () => NemesisAction): PlannedAction[] =>
    Array.from({ length: count }, () => ({ atMs: between(random, 200, stormMs), act: act() }));
  const plan = [
    ...times(between(random, 4, 8), () => ({ kind: 'end-worker', functionId: pick(random, functionIds) })),
    ...times(between(random, 1, 2), () => ({ kind: 'stall-stream', forMs: between(random, 300, 1_500) })),
    ...times(between(random, 2, 3), () => ({ kind: 'trim-stream', forMs: between(random, 300, 1_200) })),
    ...times(between(random, 2, 4), () => ({ kind: 'reread-stream' })),
    ...times(between(random, 1, 3), () => ({ kind: 'purge', queueId: pick(random, doorbellIds) })),
    ...times(between(random, 0, 1), () => ({ kind: 'purge', queueId: pick(random, eventQueueIds) })),
    ...times(between(random, 2, 4), () => ({
      kind: 'spell',
      functionId: pick(random, functionIds),
      service: pick(random, ['DYNAMODB', 'DYNAMODB', 'SQS']),
      forMs: between(random, 100, 800),
    })),
    // Each has the functions keep quiet for a second at least.
    ...times(between(random, 0, 1), () => ({
      kind: 'partner-central-throttles',
      forMs: between(random, 50, 250),
    })),
    ...times(between(random, 1, 3), () => ({
      kind: 'partner-central-fails',
      fault: pick(random, ['internal', 'hang-up']),
      forMs: between(random, 50, 300),
    })),
  ];
  return plan.toSorted((a, b) => a.atMs - b.atMs);
}

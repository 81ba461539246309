import { sha256 } from '../../../lambdas/core/digest.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { ReplaySelection } from './selection.ts';

export type ReplayId = `rpl_${string}`;

export function isReplayId(text: string): text is ReplayId {
  return /^rpl_[0-9a-f]{32}$/.test(text);
}

/** What a replay was asked for, so that it can be gone on with. */
export interface Replay {
  readonly id: ReplayId;
  readonly selection: ReplaySelection;
  readonly ratePerSecond: number;
  readonly startedAt: Instant;
}

/** Derived: two replays begun in the same millisecond with the same selection are the same. */
export function replayOf(selection: ReplaySelection, ratePerSecond: number, startedAt: Instant): Replay {
  const id = sha256([startedAt, JSON.stringify(selection)].join('\n')).slice(0, 32);
  return { id: `rpl_${id}`, selection, ratePerSecond, startedAt };
}

export interface ReplayRows {
  find(id: ReplayId): Promise<Replay | undefined>;
  put(replay: Replay): Promise<void>;
}

import { sha256 } from '../../../lambdas/core/digest.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { ReplaySelection } from './selection.ts';

export type ReplayId = `rpl_${string}`;

export function isReplayId(text: string): text is ReplayId {
  return /^rpl_[0-9a-f]{32}$/.test(text);
}

/** A stored replay, so that it can be resumed. */
export interface Replay {
  readonly id: ReplayId;
  readonly selection: ReplaySelection;
  readonly ratePerSecond: number;
  readonly startedAt: Instant;
}

/** The id is derived: the same selection in the same millisecond is the same replay. */
export function toReplay(selection: ReplaySelection, ratePerSecond: number, startedAt: Instant): Replay {
  const id = sha256([startedAt, stringifyJson(selection)].join('\n')).slice(0, 32);
  return { id: `rpl_${id}`, selection, ratePerSecond, startedAt };
}

export interface ReplayRows {
  find(id: ReplayId): Promise<Replay | undefined>;
  put(replay: Replay): Promise<void>;
}

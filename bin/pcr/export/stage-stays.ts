import type { Instant } from '../../../lambdas/core/instant.ts';
import { compareTexts } from '../../../lambdas/core/text-order.ts';

/** What a version of an opportunity says about its stage. */
export interface StagedVersion {
  readonly version: number;
  /** Undefined if the payload has none: then the stage of the version before goes on. */
  readonly stage: string | undefined;
  readonly occurredAt: Instant;
}

/** The time that an opportunity spent in one stage without a break. */
export interface StageStay {
  readonly stage: string;
  /** The first version with this stage. */
  readonly version: number;
  readonly enteredAt: Instant;
  /** Undefined while the opportunity is still in this stage. */
  readonly leftAt?: Instant | undefined;
}

/**
 * Returns the stages of an opportunity, one after the other. The first stay begins with the first
 * version: when the opportunity entered that stage earlier is not stored. A stay never ends before
 * it begins, also if AWS's clock goes backwards.
 * @param versions in any order
 */
export function stageStaysOf(versions: readonly StagedVersion[]): readonly StageStay[] {
  const stays: StageStay[] = [];
  for (const { version, stage, occurredAt } of versions.toSorted((a, b) => a.version - b.version)) {
    const last = stays.at(-1);
    if (stage === undefined || stage === last?.stage) continue;
    if (!last) stays.push({ stage, version, enteredAt: occurredAt });
    else {
      const enteredAt = compareTexts(occurredAt, last.enteredAt) < 0 ? last.enteredAt : occurredAt;
      stays.splice(-1, 1, { ...last, leftAt: enteredAt }, { stage, version, enteredAt });
    }
  }
  return stays;
}

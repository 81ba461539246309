import type { Instant } from '../core/instant.ts';
import type { PassKey, PassState } from '../core/pass.ts';

/** A pass that one worker may run until the lease ends. */
export interface ClaimedPass<State extends PassState = PassState> {
  readonly key: PassKey;
  readonly leaseEndsAt: Instant;
  readonly state: State;
  /** When a full pass was last requested. */
  readonly fullRequestedAt?: Instant | undefined;
  /**
   * Attributes and members of the state that are invalid, because they were edited by hand. `state`
   * lacks them.
   */
  readonly unreadable: readonly string[];
}

/**
 * Passes over the lists of Partner Central. Each has a due time, and a claim moves it to the end of
 * its lease.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface PassStore {
  /**
   * Makes a pass due at once, or as soon as the current claim ends.
   * @param fullAt also requests a full pass, as of this time.
   */
  request(key: PassKey, fullAt?: Instant): Promise<void>;
  /**
   * Claims a pass that is due or has never run. Returns undefined if it is not due or another
   * worker holds the claim.
   * @param latestDueAt a due time after this is invalid, so the pass is due.
   */
  claim(
    key: PassKey,
    now: Instant,
    leaseEndsAt: Instant,
    latestDueAt: Instant,
  ): Promise<ClaimedPass | undefined>;
  /**
   * Saves the state and extends the lease. Returns undefined and writes nothing if another worker
   * has claimed the pass.
   */
  save<State extends PassState>(
    claimed: ClaimedPass,
    state: State,
    leaseEndsAt: Instant,
  ): Promise<ClaimedPass<State> | undefined>;
  /**
   * Saves the state and ends the claim. `superseded`: another worker has claimed the pass, nothing
   * was written.
   */
  release(claimed: ClaimedPass, state: PassState, dueAt: Instant): Promise<'released' | 'superseded'>;
}

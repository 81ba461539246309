import type { Instant } from '../core/instant.ts';
import type { PassKey, PassState } from '../core/pass.ts';

/** A pass that one worker has to itself until the lease ends. */
export interface ClaimedPass<State extends PassState = PassState> {
  readonly key: PassKey;
  readonly leaseEndsAt: Instant;
  readonly state: State;
  /** When somebody last asked for a full pass. */
  readonly fullAskedAt?: Instant | undefined;
  /** Members of the state that were edited into something that is none; they are left out of it. */
  readonly unreadable: readonly string[];
}

/**
 * Passes over the lists of Partner Central. Each has a due time; a lease is one, too.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface PassStore {
  /** Makes a pass due at once, unless it is claimed: then as soon as that ends. `fullAt`: and a full one is wanted, as of then. */
  ask(key: PassKey, fullAt?: Instant): Promise<void>;
  /**
   * Claims a pass whose due time has come, or that was never made, by moving its due time to the end of the lease. One that is
   * due after `latestDueAt` was edited by hand, and is due. Undefined where it is not due, or somebody else has it.
   */
  claim(
    key: PassKey,
    now: Instant,
    leaseEndsAt: Instant,
    latestDueAt: Instant,
  ): Promise<ClaimedPass | undefined>;
  /** Keeps the state and the claim. Undefined where somebody else has claimed it meanwhile: nothing was written. */
  save<State extends PassState>(
    claimed: ClaimedPass,
    state: State,
    leaseEndsAt: Instant,
  ): Promise<ClaimedPass<State> | undefined>;
  /** Keeps the state, and gives the claim back. `superseded`: somebody else has claimed it meanwhile, nothing was written. */
  release(claimed: ClaimedPass, state: PassState, dueAt: Instant): Promise<'released' | 'superseded'>;
}

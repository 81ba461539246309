import type { Instant } from '../core/instant.ts';

/** The partner's solutions as ListSolutions returned them. */
export interface SolutionListing {
  /** By solution id. */
  readonly names: ReadonlyMap<string, string>;
  /** When the read of Partner Central began. */
  readonly readAt: Instant;
}

/**
 * The solution names of each catalog as last listed, shared by all workers.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface SolutionCache {
  /** A listing that was edited by hand and is invalid counts as absent. */
  read(catalog: string): Promise<SolutionListing | undefined>;
  /**
   * A listing beyond the limits of the store is not stored: then every worker lists for itself.
   * @returns what was invalid in the listing that this one replaced. Names attributes only.
   */
  write(catalog: string, listing: SolutionListing): Promise<readonly string[]>;
}

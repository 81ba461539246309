import type { Instant } from '../core/instant.ts';

/** The partner's solutions as ListSolutions told them. */
export interface SolutionListing {
  /** By solution id. */
  readonly names: ReadonlyMap<string, string>;
  /** When Partner Central was asked. */
  readonly readAt: Instant;
}

/**
 * The last listing of each catalog, for all workers.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface SolutionCache {
  read(catalog: string): Promise<SolutionListing | undefined>;
  /** A listing beyond the limits of the store is not kept: then every worker lists for itself. */
  write(catalog: string, listing: SolutionListing): Promise<void>;
}

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
  /** `problems`: what is invalid in a listing that was edited by hand. Names attributes only. */
  read(catalog: string): Promise<SolutionListing | { readonly problems: readonly string[] } | undefined>;
  /** A listing beyond the limits of the store is not stored: then every worker lists for itself. */
  write(catalog: string, listing: SolutionListing): Promise<void>;
}

import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';

/** What makes a set of endpoints another. */
export interface EndpointChanges {
  readonly add: readonly Endpoint[];
  /**
   * Replaces their definitions; whether they are disabled stays as it is in them, as they were
   * read.
   */
  readonly update: readonly Endpoint[];
  /** Those that are disabled already keep their reason. */
  readonly disable: {
    readonly ids: readonly EndpointId[];
    readonly reason: string;
    readonly at: Instant;
  };
}

/** The most changes that can be made at once. */
export const mostChanges = 100;

/**
 * All endpoints, changed together.
 * @throws ServiceError `store.unavailable` (later); `store.refused` (never) for what the store does
 * not take.
 */
export interface EndpointSet {
  /**
   * All changes, up to 100, or none. `raced`: one that is added is there already, one that is
   * updated is gone, or was disabled or enabled since, or one that is disabled is gone; nothing was
   * written.
   */
  change(changes: EndpointChanges): Promise<'changed' | 'raced'>;
}

import type { Client } from '../../../lambdas/core/client.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';

/** Changes of clients. An update keeps `disabled`, which must be unchanged since it was read. */
export interface ClientChanges {
  readonly add: readonly Client[];
  readonly update: readonly Client[];
  readonly remove: readonly string[];
}

/** Changes that are made together. */
export interface EndpointChanges {
  readonly add: readonly Endpoint[];
  /** Replaces definitions. `disabled` must be unchanged since the endpoint was read. */
  readonly update: readonly Endpoint[];
  /** Endpoints that are already disabled keep their reason. */
  readonly disable: {
    readonly ids: readonly EndpointId[];
    readonly reason: string;
    readonly at: Instant;
  };
  readonly clients?: ClientChanges | undefined;
}

/** The limit of a DynamoDB transaction. */
export const mostChanges = 100;

/**
 * Changes several endpoints and clients in one transaction.
 * @throws ServiceError `store.unavailable` (later); `store.refused` (never) for what the store does
 * not accept.
 */
export interface EndpointSet {
  /**
   * Makes all changes or none. `raced`: nothing was written, because an endpoint or client to add
   * exists, or another one was removed, enabled or disabled meanwhile.
   */
  change(changes: EndpointChanges): Promise<'changed' | 'raced'>;
}

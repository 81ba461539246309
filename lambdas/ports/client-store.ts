import type { Client } from '../core/client.ts';

/** Clients that sign their commands. */
export interface ClientStore {
  /**
   * @throws ServiceError `store.unavailable` (later); `client.unreadable` (later) if its item is
   * invalid, because it was edited by hand.
   */
  readonly find: (id: string) => Promise<Client | undefined>;
}

import type { Client } from '../../../lambdas/core/client.ts';

/**
 * Clients, for operators.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface ClientAdmin {
  /** Reads all clients. `unreadable`: ids of items that were edited by hand and are invalid. */
  all(): Promise<{ readonly clients: readonly Client[]; readonly unreadable: readonly string[] }>;
  /** `exists`: the id is in use; nothing was written. */
  add(client: Client): Promise<'added' | 'exists'>;
  /** Replaces the definition and keeps `disabled`. `missing`: the client does not exist. */
  update(client: Client): Promise<'updated' | 'missing'>;
  /** `unchanged`: it has this state already, or does not exist. */
  setDisabled(id: string, disabled: boolean): Promise<'changed' | 'unchanged'>;
  remove(id: string): Promise<void>;
}

import type { Client } from '../../lambdas/core/client.ts';
import { commandActions } from '../../lambdas/core/command.ts';

/** A client that by default may do everything. */
export function signingClient(of: Partial<Client> = {}): Client {
  return {
    id: 'crm',
    disabled: false,
    actions: commandActions,
    catalogs: ['AWS', 'Sandbox'],
    writable: [''],
    never: [],
    requestsPerMinute: 60,
    approval: 'never',
    ...of,
  };
}

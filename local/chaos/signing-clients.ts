import type { Client } from '../../lambdas/core/client.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';

const everything: Omit<Client, 'id'> = {
  disabled: false,
  actions: commandActions,
  catalogs: ['AWS', 'Sandbox'],
  writable: [''],
  never: [],
  // The most that a definition allows: more than a seed sends, with its repetitions.
  requestsPerMinute: 600,
  approval: 'never',
};

/** The clients that sign their requests. Others have credentials of AWS. */
export const signingClients: readonly Client[] = [
  { id: 'crm', ...everything },
  { id: 'erp', ...everything },
];

export function isSigning(client: string): boolean {
  return signingClients.some(({ id }) => id === client);
}

/** Each client has a secret of its own. */
export function clientSecret(clientId: string): SigningSecret {
  return `whsec_${Buffer.from(clientId.padEnd(32, '.')).toString('base64')}`;
}

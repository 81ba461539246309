import type { Client } from '../../lambdas/core/client.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';

const everything: Omit<Client, 'id'> = {
  disabled: false,
  actions: commandActions,
  catalogs: ['AWS', 'Sandbox'],
  writable: [''],
  never: [],
  requestsPerMinute: 600,
  approval: 'never',
};

/** The clients that the door knows in a hostile run. */
export const knownClients = {
  crm: { id: 'crm', ...everything },
  /** May change one member of opportunities, and nothing else. */
  narrow: {
    id: 'narrow',
    ...everything,
    actions: ['opportunity.update'],
    writable: ['/LifeCycle/NextSteps'],
    never: ['/Customer'],
  },
  slow: { id: 'slow', ...everything, requestsPerMinute: 1 },
  disabled: { id: 'disabled', ...everything, disabled: true },
} as const satisfies Readonly<Record<string, Client>>;
export type KnownClient = keyof typeof knownClients;

/** Each client has a secret of its own. */
export function secretOf(client: KnownClient): SigningSecret {
  const number = Object.keys(knownClients).indexOf(client) + 1;
  return `whsec_${Buffer.alloc(32, number).toString('base64')}`;
}

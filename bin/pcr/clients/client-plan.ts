import type { Client } from '../../../lambdas/core/client.ts';
import { clientDefinition } from '../../../lambdas/core/client-definition.ts';
import { differenceLines } from '../endpoints/difference.ts';
import { type Plan, planBetween, planLines } from '../endpoints/endpoint-plan.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { type CreatedSecret, createdSecret } from '../secrets/created-secrets.ts';
import { replaceSecret } from '../secrets/replace-secret.ts';
import { clientSecretId, clientSecretValue } from './client-secret.ts';

const nothing: Plan<Client> = { add: [], update: [], remove: [] };

/**
 * The changes that make the clients match a file.
 * @param declared undefined if the file does not name clients: they are left alone
 * @throws UsageError if a client cannot be read
 */
export async function planClients(
  declared: readonly Client[] | undefined,
  { commandClients }: Pick<Relay, 'commandClients'>,
): Promise<Plan<Client>> {
  if (!declared) return nothing;
  const { clients, unreadable } = await commandClients.all();
  if (unreadable.length > 0)
    throw new UsageError(
      `clients ${unreadable.join(', ')}: they cannot be read; repair them with \`pcr clients update\`, or remove them`,
    );
  return planBetween(clients, declared, (before, after) => ({
    before,
    after: { ...after, disabled: before.disabled },
    lines: differenceLines(clientDefinition(before), clientDefinition(after)),
  }));
}

export function clientPlanLines(plan: Plan<Client>): readonly string[] {
  return planLines(
    plan,
    ({ id, actions, catalogs }) => `${id}  ${actions.join(' ')} in ${catalogs.join(' ')}`,
  );
}

/** Creates the secrets of new clients, before the clients: until then nothing signs with them. */
export async function createClientSecrets(
  { add }: Plan<Client>,
  relay: Relay,
): Promise<readonly CreatedSecret[]> {
  const created: CreatedSecret[] = [];
  for (const { id } of add) {
    const [secretId, value] = [clientSecretId(id, relay), clientSecretValue(undefined)];
    await replaceSecret(secretId, value, relay.secrets);
    created.push(createdSecret(id, value, secretId));
  }
  return created;
}

import type { Client } from '../../../lambdas/core/client.ts';
import { clientPlanLines, planClients } from '../clients/client-plan.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { mostChanges } from '../stores/endpoint-set.ts';
import { assertReachable } from './assert-reachable.ts';
import { changesIn, isEmpty, type Plan, planOf, planText } from './endpoint-plan.ts';
import { assertUsableSecret, isSameSecret, ownSecretId, secretIdOf } from './endpoint-secret.ts';
import { parseEndpointsFile } from './endpoints-file.ts';
import {
  assertSameFormats,
  type ChannelUrls,
  type PlanWithUrls,
  planChannelUrls,
} from './plan-channel-urls.ts';

/** What changes if a file is applied. */
export interface WholePlan {
  readonly endpoints: PlanWithUrls;
  readonly clients: Plan<Client>;
}

/** The changes of endpoints and clients in one plan, by their ids. */
export function joinedPlan({ endpoints, clients }: WholePlan): Plan<{ readonly id: string }> {
  return {
    add: [...endpoints.add, ...clients.add],
    update: [...endpoints.update, ...clients.update],
    remove: [...endpoints.remove, ...clients.remove],
  };
}

export function wholeText({ endpoints, clients }: WholePlan): string {
  const lines = [isEmpty(endpoints) ? '' : planText(endpoints), ...clientPlanLines(clients)];
  return lines.filter((line) => line !== '').join('\n');
}

/** @throws UsageError if the changes cannot be made together */
export async function planChanges(text: string, urls: ChannelUrls, relay: Relay, io: Io): Promise<WholePlan> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  if (unreadable.length > 0)
    throw new UsageError(
      `endpoints ${unreadable.join(', ')}: they cannot be read; repair them with \`pcr endpoints update\`, or remove them`,
    );
  const present = new Map(endpoints.map(({ id, destination }) => [id, destination]));
  const declared = parseEndpointsFile(text, (id) => secretIdOf(present.get(id)) ?? ownSecretId(id, relay));
  const clients = await planClients(declared.clients, relay);
  const planned = declared.endpoints ? planOf(endpoints, declared.endpoints) : nothing;
  assertSameFormats(planned);
  const plan = await planChannelUrls(planned, endpoints, declared, urls, relay, io);
  const changes = changesIn(plan) + changesIn(clients);
  if (changes > mostChanges)
    throw new UsageError(`the file: ${changes} changes; allowed: ${mostChanges}, which are made together`);
  for (const endpoint of [...plan.add, ...plan.update.map(({ after }) => after)]) {
    const { id, destination } = endpoint;
    assertReachable(endpoint, relay, io);
    const secretId = secretIdOf(destination);
    if (secretId !== undefined && !isSameSecret(secretId, ownSecretId(id, relay)))
      await assertUsableSecret(`${id} secretId`, secretId, id, relay);
  }
  return { endpoints: plan, clients };
}

const nothing = { add: [], update: [], remove: [] };

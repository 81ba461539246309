import pMap from 'p-map';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { cdkCommand } from '../cdk-command.ts';
import { concurrency } from '../first-of.ts';
import { depthOf, type ParkedQueueUrls, parkedQueuesOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import { tablesOf } from '../stores/unreadable-rows.ts';

/** What `cdk destroy` leaves, deletes without asking, or stops in the middle. */
export interface Remains {
  /** Endpoints that still send. */
  readonly sending: readonly Endpoint['id'][];
  /** Clients that may still send commands. */
  readonly clients: readonly string[];
  readonly parked: readonly (ParkedQueueUrls & { readonly depth: number })[];
  /** Names of the secrets. */
  readonly secrets: readonly string[];
}

export async function findRemains(relay: Relay): Promise<Remains> {
  const [{ endpoints }, { clients }, parked, secrets] = await Promise.all([
    relay.endpoints.all(),
    relay.commandClients.all(),
    pMap(parkedQueuesOf(relay), async (queue) => ({ ...queue, depth: await depthOf(queue.parked, relay) }), {
      concurrency,
    }),
    pMap(secretPrefixes(relay), (prefix) => relay.secrets.listNames(prefix)),
  ]);
  return {
    sending: endpoints.filter(({ disabled }) => !disabled).map(({ id }) => id),
    clients: clients.filter(({ disabled }) => !disabled).map(({ id }) => id),
    parked: parked.filter(({ depth }) => depth > 0),
    secrets: secrets.flat(),
  };
}

/** What the names of secrets begin with. A stack of an earlier release has no clients. */
export function secretPrefixes({ outputs }: Pick<Relay, 'outputs'>): readonly string[] {
  return ['EndpointSecretNamePrefix', 'ClientSecretNamePrefix'].flatMap((name) => outputs.get(name) ?? []);
}

/**
 * The commands that remove what is left, in their order. Tables are protected, unless
 * `relay:tableRemoval` is `destroy`: then the first command deletes them. The bucket of exports is
 * always kept.
 */
export function removalCommands(relay: Relay): readonly string[] {
  const region = `--region ${relay.region}`;
  const bucket = relay.outputs.get('ExportBucketName');
  return [
    cdkCommand('destroy', relay.stackName),
    ...Object.values(tablesOf(relay)).flatMap((name) => [
      `aws dynamodb update-table ${region} --table-name ${name} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table ${region} --table-name ${name}`,
    ]),
    ...(bucket === undefined ? [] : [`aws s3 rb --force ${region} s3://${bucket}`]),
  ];
}

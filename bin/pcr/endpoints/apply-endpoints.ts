import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { mostChanges } from '../../../lambdas/ports/endpoint-set.ts';
import { CommandError, confirmed, type Io, UsageError } from '../io.ts';
import { type JsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { cancelUnfinished, unfinished } from './cancel-deliveries.ts';
import { isEmpty, type Plan, planJson, planOf, planText } from './endpoint-plan.ts';
import { assertUsable, makeSecret, ownSecretId, removeOwnSecret } from './endpoint-secret.ts';
import { parseEndpointsFile } from './endpoints-file.ts';
import { fileText, printSecret, type ShownSecret, secretOf, shownSecret } from './new-secret.ts';

export interface ApplyOptions extends JsonOption {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** Makes the endpoints those of the file: all changes, or none. */
export async function applyEndpoints(io: Io, options: ApplyOptions): Promise<void> {
  const text = fileText('--file', options.file);
  // Its mistakes are told before AWS is asked anything.
  parseEndpointsFile(text, (id) => id);
  const relay = await io.relay();
  const plan = await planned(relay, text);
  const { dryRun = false, json = false, force } = options;
  if (!json) io.print(isEmpty(plan) ? 'The endpoints are like that already.' : planText(plan));
  if (dryRun || isEmpty(plan)) return json ? printJson(io, { ...planJson(plan), applied: false }) : undefined;
  if (force !== true) await assertRemovable(io, relay, plan);
  const made = await applied(relay, plan);
  if (json) printJson(io, { ...planJson(plan), applied: true, secrets: Object.fromEntries(made) });
  else for (const [id, secret] of made) printSecret(io, secret, ` of ${id}`);
  for (const endpoint of plan.remove) {
    await cancelUnfinished(json ? { ...io, print: io.tell } : io, relay, endpoint.id);
    await removeOwnSecret(relay, endpoint);
  }
}

/** @throws UsageError where not all of it can be done at once */
async function planned(relay: Relay, text: string): Promise<Plan> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  if (unreadable.length > 0)
    throw new UsageError(
      `endpoints ${unreadable.join(', ')}: what they are cannot be read; mend them with \`pcr endpoints update\`, or remove them`,
    );
  const present = new Map(endpoints.map(({ id, destination }) => [id, destination]));
  const declared = parseEndpointsFile(text, (id) => signerOf(present.get(id)) ?? ownSecretId(relay, id));
  const plan = planOf(endpoints, declared);
  const changes = plan.add.length + plan.update.length + plan.remove.length;
  if (changes > mostChanges)
    throw new UsageError(
      `the file: ${changes} changes; allowed: ${mostChanges} at once, so that all are made or none`,
    );
  for (const { id, destination } of [...plan.add, ...plan.update.map(({ after }) => after)]) {
    const secretId = signerOf(destination);
    if (secretId !== undefined && secretId !== ownSecretId(relay, id))
      await assertUsable(relay, `${id} secretId`, secretId);
  }
  return plan;
}

async function assertRemovable(io: Io, relay: Relay, { remove }: Plan): Promise<void> {
  const waiting: string[] = [];
  for (const { id } of remove) {
    const { length } = await unfinished(relay, id);
    if (length > 0) waiting.push(`${counted(length, 'delivery waits', 'deliveries wait')} for ${id}`);
  }
  if (waiting.length > 0)
    await confirmed(io, `${waiting.join(', ')}. Remove, and cancel them?`, { option: '--force' });
}

/** @returns the secrets that were made, by endpoint */
async function applied(
  relay: Relay,
  { add, update, remove }: Plan,
): Promise<readonly (readonly [string, ShownSecret])[]> {
  const made: (readonly [string, ShownSecret])[] = [];
  // A secret too many harms nobody: the next attempt takes it over. An endpoint without one would fail.
  const unsigned = [
    ...add,
    ...update.flatMap(({ before, after }) =>
      signerOf(before.destination) === signerOf(after.destination) ? [] : after,
    ),
  ];
  for (const { id, destination } of unsigned) {
    const secretId = signerOf(destination);
    if (secretId === undefined || secretId !== ownSecretId(relay, id)) continue;
    const value = secretOf({});
    await makeSecret(relay, secretId, value);
    made.push([id, shownSecret(value)]);
  }
  const outcome = await relay.endpointSet.change({
    add,
    update: update.map(({ after }) => after),
    remove: remove.map(({ id }) => id),
  });
  if (outcome === 'raced')
    throw new CommandError(
      'Nothing was changed: somebody else changed an endpoint meanwhile. Apply it again.',
    );
  return made;
}

function signerOf(destination: Endpoint['destination'] | undefined): string | undefined {
  return destination?.kind === 'webhook' ? destination.secretId : undefined;
}

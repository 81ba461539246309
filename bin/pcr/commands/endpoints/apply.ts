import { instantOf } from '../../../../lambdas/core/instant.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { unfinishedDeliveries } from '../../endpoints/cancel-deliveries.ts';
import {
  isEmpty,
  type Plan,
  planJson,
  planOf,
  planText,
  type Update,
} from '../../endpoints/endpoint-plan.ts';
import {
  assertUsable,
  isSameSecret,
  makeSecret,
  ownSecretId,
  signerOf,
} from '../../endpoints/endpoint-secret.ts';
import { parseEndpointsFile } from '../../endpoints/endpoints-file.ts';
import {
  fileText,
  printSecret,
  type ShownSecret,
  secretOf,
  shownSecret,
} from '../../endpoints/new-secret.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import type { Relay } from '../../relay.ts';
import { mostChanges } from '../../stores/endpoint-set.ts';
import { beingRemoved, removeDisabled } from './remove.ts';

export interface ApplyOptions extends JsonOption {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * Makes the endpoints those of the file: all changes, or none. What is not in it is disabled with the others' changes, and removed
 * once its deliveries are cancelled; where that breaks off, the next attempt goes on with it.
 */
export async function applyEndpoints(io: Io, options: ApplyOptions): Promise<void> {
  const text = fileText('--file', options.file);
  // Its mistakes are told before AWS is asked anything.
  parseEndpointsFile(text, (id) => id);
  const relay = await io.relay();
  const plan = await planned(io, relay, text);
  const { dryRun = false, json = false, force } = options;
  if (!json) io.print(isEmpty(plan) ? 'The endpoints are like that already.' : planText(plan));
  if (dryRun || isEmpty(plan)) return json ? printJson(io, { ...planJson(plan), applied: false }) : undefined;
  if (force !== true) await assertRemovable(io, relay, plan);
  const made = await applied(io, relay, plan);
  if (json) printJson(io, { ...planJson(plan), applied: true, secrets: Object.fromEntries(made) });
  else for (const [id, secret] of made) printSecret(io, secret, ` of ${id}`);
  for (const { id } of plan.remove) await removeDisabled(json ? { ...io, print: io.note } : io, relay, id);
}

/** @throws UsageError where not all of it can be done at once */
async function planned(io: Io, relay: Relay, text: string): Promise<Plan> {
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
  for (const endpoint of [...plan.add, ...plan.update.map(({ after }) => after)]) {
    const { id, destination } = endpoint;
    assertReachable(io, relay, endpoint);
    const secretId = signerOf(destination);
    if (secretId !== undefined && !isSameSecret(secretId, ownSecretId(relay, id)))
      await assertUsable(relay, `${id} secretId`, secretId);
  }
  return plan;
}

async function assertRemovable(io: Io, relay: Relay, { remove }: Plan): Promise<void> {
  const waiting: string[] = [];
  for (const { id } of remove) {
    const { length } = await unfinishedDeliveries(relay, id);
    if (length > 0) waiting.push(`${counted(length, 'delivery waits', 'deliveries wait')} for ${id}`);
  }
  if (waiting.length > 0)
    await assertConfirmed(io, `${waiting.join(', ')}. Remove, and cancel them?`, { option: '--force' });
}

/** @returns the secrets that were made, by endpoint */
async function applied(
  io: Io,
  relay: Relay,
  { add, update, remove }: Plan,
): Promise<readonly (readonly [string, ShownSecret])[]> {
  const made: (readonly [string, ShownSecret])[] = [];
  // A secret too many harms nobody: the next attempt takes it over. An endpoint without one would fail.
  const unsigned = [...add];
  for (const each of update) if (await needsSecret(relay, each)) unsigned.push(each.after);
  for (const { id, destination } of unsigned) {
    const secretId = signerOf(destination);
    if (secretId === undefined || !isSameSecret(secretId, ownSecretId(relay, id))) continue;
    const value = secretOf({});
    await makeSecret(relay, id, value);
    made.push([id, shownSecret(value)]);
  }
  for (const { id } of add) await relay.gates.reset(id);
  const outcome = await relay.endpointSet.change({
    add,
    update: update.map(({ after }) => after),
    disable: {
      ids: remove.map(({ id }) => id),
      reason: beingRemoved,
      at: instantOf(io.clock.nowMs()),
    },
  });
  if (outcome === 'raced')
    throw new CommandError(
      'Nothing was changed: somebody else changed an endpoint meanwhile. Apply it again.',
    );
  return made;
}

/** Whether another secret than before is to sign, or there is none: of one without topics adding broke off. */
async function needsSecret(relay: Relay, { before, after }: Update): Promise<boolean> {
  const secretId = signerOf(after.destination);
  if (secretId === undefined) return false;
  if (!isSameSecret(signerOf(before.destination), secretId)) return true;
  return before.topics.length === 0 && (await relay.secrets.state(secretId)) === undefined;
}

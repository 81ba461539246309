import type { Command } from 'commander';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { openCommandsOf } from '../../clients/client-commands.ts';
import { createClientSecrets } from '../../clients/client-plan.ts';
import { clientSecretId } from '../../clients/client-secret.ts';
import { clientIds } from '../../clients/find-client.ts';
import { noteClientWarnings } from '../../clients/note-client-warnings.ts';
import { unfinishedDeliveries } from '../../endpoints/cancel-deliveries.ts';
import { appliedText, isEmpty, type Plan, planJson } from '../../endpoints/endpoint-plan.ts';
import { parseEndpointsFile } from '../../endpoints/endpoints-file.ts';
import { joinedPlan, planChanges, type WholePlan, wholeText } from '../../endpoints/file-plan.ts';
import { noteEndpointWarnings } from '../../endpoints/note-endpoint-warnings.ts';
import { readChannelUrls } from '../../endpoints/plan-channel-urls.ts';
import { createMissingSecrets, storeNewUrls } from '../../endpoints/planned-secrets.ts';
import { removalReason, removeDisabled } from '../../endpoints/remove-disabled.ts';
import { CommandError } from '../../errors.ts';
import { fileText } from '../../file-text.ts';
import { examples } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import type { Relay } from '../../relay.ts';
import {
  byOwner,
  type CreatedSecret,
  printSecret,
  type SecretsFileOption,
  secretsFileOption,
  withSecretsFile,
} from '../../secrets/created-secrets.ts';

interface ApplyOptions extends JsonOption, SecretsFileOption {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `pcr endpoints apply` */
export function addApplyCommand(group: Command, io: Io): void {
  group
    .command('apply')
    .description(
      'Makes endpoints and clients match a file, all changes or none: one that is not in its list is removed.',
    )
    .requiredOption('-f, --file <file>', 'YAML with lists of endpoints and clients; - for standard input')
    .option('--dry-run', 'show the difference, and change nothing')
    .option('--yes', 'do not ask before endpoints or clients are removed')
    .addOption(secretsFileOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr endpoints apply -f endpoints.yaml --dry-run',
        'pcr endpoints apply -f endpoints.yaml --yes',
      ),
    )
    .action((options: ApplyOptions) => applyEndpoints(options, io));
}

/**
 * Makes the endpoints and clients match the file: all changes, or none. An endpoint that is not in
 * the file is disabled together with the other changes and removed after its deliveries are
 * cancelled. A list that the file does not have is left alone. Repeating the command finishes an
 * interrupted removal, and stores a URL that was not stored.
 */
async function applyEndpoints(options: ApplyOptions, io: Io): Promise<void> {
  const text = fileText('--file', options.file);
  // Reports mistakes in the file before the first call to AWS.
  const urls = readChannelUrls(parseEndpointsFile(text, (id) => id));
  const relay = await io.relay();
  const plan = await planChanges(text, urls, relay, io);
  const { endpoints, clients } = plan;
  const warnings = await noteWarnings(plan, relay, io);
  const { dryRun = false, json = false } = options;
  const isDone = isEmpty(endpoints) && isEmpty(clients);
  if (!json) io.print(isDone ? 'Everything matches the file already.' : wholeText(plan));
  const planned = { ...planJson(endpoints), clients: planJson(clients) };
  if (dryRun || isDone) return json ? printJson({ ...planned, applied: false, warnings }, io) : undefined;
  await assertRemovable(plan, options, relay, io);
  const secrets = await withSecretsFile(options, relay, io, async (handOut) =>
    handOut(await applyPlan(plan, relay, io)),
  );
  if (json) printJson({ ...planned, applied: true, secrets: byOwner(secrets), warnings }, io);
  else for (const each of secrets) printSecret(each, io, ` of ${each.ownerId}`);
  // A URL replaces another one only now, after the endpoints have changed.
  const updated = endpoints.update.map(({ after }) => after);
  await storeNewUrls(updated, endpoints, relay);
  for (const { id } of endpoints.remove)
    await removeDisabled(id, relay, json ? { ...io, print: io.note } : io);
  for (const { id } of clients.remove) await relay.secrets.remove(clientSecretId(id, relay));
  if (!json) io.print(appliedText(joinedPlan(plan)));
}

function changedBy<T>({ add, update }: Plan<T>): readonly T[] {
  return [...add, ...update.map(({ after }) => after)];
}

/** Warns about everything that is added or updated. @returns the warnings */
async function noteWarnings(
  { endpoints, clients }: WholePlan,
  relay: Relay,
  io: Io,
): Promise<readonly string[]> {
  const removed = clients.remove.map(({ id }) => id);
  const kept = (await clientIds(relay)).filter((id) => !removed.includes(id));
  const clientsAfter = [...kept, ...clients.add.map(({ id }) => id)].toSorted();
  return [
    ...(await noteEndpointWarnings(changedBy(endpoints), relay, io, clientsAfter)),
    ...(await noteClientWarnings(changedBy(clients), io)),
  ];
}

/** @throws CommandError if the user keeps an endpoint or client that is not in the file */
async function assertRemovable(plan: WholePlan, { yes }: ApplyOptions, relay: Relay, io: Io): Promise<void> {
  const removed = joinedPlan(plan).remove;
  if (yes || removed.length === 0) return;
  const waiting: string[] = [];
  for (const { id } of plan.endpoints.remove) {
    const { length } = await unfinishedDeliveries(id, relay);
    if (length > 0) waiting.push(` ${counted(length, 'delivery waits', 'deliveries wait')} for ${id}.`);
  }
  const open: string[] = [];
  for (const { id } of plan.clients.remove) {
    const { length } = await openCommandsOf(id, relay);
    if (length > 0) open.push(` ${counted(length, 'command')} of ${id} would go on.`);
  }
  const ids = removed.map(({ id }) => id).join(', ');
  const what = waiting.length > 0 ? 'Remove, and cancel the deliveries?' : 'Remove?';
  await assertConfirmed(`Not in the file: ${ids}.${[...waiting, ...open].join('')} ${what}`, {}, io);
}

/** @returns the created secrets */
async function applyPlan(plan: WholePlan, relay: Relay, io: Io): Promise<readonly CreatedSecret[]> {
  const { endpoints, clients } = plan;
  const { add, update, remove } = endpoints;
  // Secrets are created first: deliveries to an endpoint without a secret fail, and a secret
  // without an endpoint is reused when the file is applied again.
  const created = [
    ...(await createMissingSecrets(endpoints, relay)),
    ...(await createClientSecrets(clients, relay)),
  ];
  await storeNewUrls(add, endpoints, relay);
  for (const { id } of add) await relay.gates.reset(id);
  const outcome = await relay.endpointSet.change({
    add,
    update: update.map(({ after }) => after),
    disable: {
      ids: remove.map(({ id }) => id),
      reason: removalReason,
      at: instantOf(io.clock.nowMs()),
    },
    clients: {
      add: clients.add,
      update: clients.update.map(({ after }) => after),
      remove: clients.remove.map(({ id }) => id),
    },
  });
  if (outcome === 'raced')
    throw new CommandError(
      'Nothing was changed: an endpoint or a client was changed meanwhile. Apply the file again.',
    );
  return created;
}

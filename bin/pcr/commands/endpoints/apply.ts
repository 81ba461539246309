import type { Command } from 'commander';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { unfinishedDeliveries } from '../../endpoints/cancel-deliveries.ts';
import {
  byEndpoint,
  type CreatedSecret,
  printSecret,
  type SecretsFileOption,
  secretsFileOption,
  withSecretsFile,
} from '../../endpoints/created-secrets.ts';
import {
  appliedText,
  isEmpty,
  type Plan,
  planJson,
  planOf,
  planText,
} from '../../endpoints/endpoint-plan.ts';
import {
  assertUsableSecret,
  isSameSecret,
  ownSecretId,
  secretIdOf,
} from '../../endpoints/endpoint-secret.ts';
import { parseEndpointsFile } from '../../endpoints/endpoints-file.ts';
import { noteFilterWarnings } from '../../endpoints/note-filter-warnings.ts';
import {
  assertSameFormats,
  type ChannelUrls,
  type PlanWithUrls,
  planChannelUrls,
  readChannelUrls,
} from '../../endpoints/plan-channel-urls.ts';
import { createMissingSecrets, storeNewUrls } from '../../endpoints/planned-secrets.ts';
import { removalReason, removeDisabled } from '../../endpoints/remove-disabled.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { fileText } from '../../file-text.ts';
import { examples } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import type { Relay } from '../../relay.ts';
import { mostChanges } from '../../stores/endpoint-set.ts';

interface ApplyOptions extends JsonOption, SecretsFileOption {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `pcr endpoints apply` */
export function addApplyCommand(group: Command, io: Io): void {
  group
    .command('apply')
    .description('Makes the endpoints match a file, all changes or none: an endpoint not in it is removed.')
    .requiredOption('-f, --file <file>', 'YAML with a list of endpoints; - for standard input')
    .option('--dry-run', 'show the difference, and change nothing')
    .option('--yes', 'do not ask before endpoints are removed')
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
 * Makes the endpoints match the file: all changes, or none. An endpoint that is not in the file is
 * disabled together with the other changes and removed after its deliveries are cancelled.
 * Repeating the command finishes an interrupted removal, and stores a URL that was not stored.
 */
async function applyEndpoints(options: ApplyOptions, io: Io): Promise<void> {
  const text = fileText('--file', options.file);
  // Reports mistakes in the file before the first call to AWS.
  const urls = readChannelUrls(parseEndpointsFile(text, (id) => id));
  const relay = await io.relay();
  const plan = await planChanges(text, urls, relay, io);
  const changed = [...plan.add, ...plan.update.map(({ after }) => after)];
  const warnings = await noteFilterWarnings(changed, io);
  const { dryRun = false, json = false } = options;
  if (!json) io.print(isEmpty(plan) ? 'The endpoints match the file already.' : planText(plan));
  if (dryRun || isEmpty(plan))
    return json ? printJson({ ...planJson(plan), applied: false, warnings }, io) : undefined;
  await assertRemovable(plan, options, relay, io);
  const secrets = await withSecretsFile(options, io, async (handOut) =>
    handOut(await applyPlan(plan, relay, io)),
  );
  if (json) printJson({ ...planJson(plan), applied: true, secrets: byEndpoint(secrets), warnings }, io);
  else for (const each of secrets) printSecret(each, io, ` of ${each.endpointId}`);
  // A URL replaces another one only now, after the endpoints have changed.
  const updated = plan.update.map(({ after }) => after);
  await storeNewUrls(updated, plan, relay);
  for (const { id } of plan.remove) await removeDisabled(id, relay, json ? { ...io, print: io.note } : io);
  if (!json) io.print(appliedText(plan));
}

/** @throws UsageError if the changes cannot be made together */
async function planChanges(text: string, urls: ChannelUrls, relay: Relay, io: Io): Promise<PlanWithUrls> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  if (unreadable.length > 0)
    throw new UsageError(
      `endpoints ${unreadable.join(', ')}: they cannot be read; repair them with \`pcr endpoints update\`, or remove them`,
    );
  const present = new Map(endpoints.map(({ id, destination }) => [id, destination]));
  const declared = parseEndpointsFile(text, (id) => secretIdOf(present.get(id)) ?? ownSecretId(id, relay));
  const planned = planOf(endpoints, declared.endpoints);
  assertSameFormats(planned);
  const plan = await planChannelUrls(planned, endpoints, declared, urls, relay, io);
  const changes = plan.add.length + plan.update.length + plan.remove.length;
  if (changes > mostChanges)
    throw new UsageError(`the file: ${changes} changes; allowed: ${mostChanges}, which are made together`);
  for (const endpoint of [...plan.add, ...plan.update.map(({ after }) => after)]) {
    const { id, destination } = endpoint;
    assertReachable(endpoint, relay, io);
    const secretId = secretIdOf(destination);
    if (secretId !== undefined && !isSameSecret(secretId, ownSecretId(id, relay)))
      await assertUsableSecret(`${id} secretId`, secretId, id, relay);
  }
  return plan;
}

/** @throws CommandError if the user keeps an endpoint that is not in the file */
async function assertRemovable({ remove }: Plan, { yes }: ApplyOptions, relay: Relay, io: Io): Promise<void> {
  if (yes || remove.length === 0) return;
  const waiting: string[] = [];
  for (const { id } of remove) {
    const { length } = await unfinishedDeliveries(id, relay);
    if (length > 0) waiting.push(` ${counted(length, 'delivery waits', 'deliveries wait')} for ${id}.`);
  }
  const ids = remove.map(({ id }) => id).join(', ');
  const what = waiting.length > 0 ? 'Remove, and cancel them?' : 'Remove?';
  await assertConfirmed(`Not in the file: ${ids}.${waiting.join('')} ${what}`, {}, io);
}

/** @returns the created secrets */
async function applyPlan(plan: PlanWithUrls, relay: Relay, io: Io): Promise<readonly CreatedSecret[]> {
  const { add, update, remove } = plan;
  // Secrets are created first: deliveries to an endpoint without a secret fail, and a secret
  // without an endpoint is reused when the file is applied again.
  const created = await createMissingSecrets(plan, relay);
  await storeNewUrls(add, plan, relay);
  for (const { id } of add) await relay.gates.reset(id);
  const outcome = await relay.endpointSet.change({
    add,
    update: update.map(({ after }) => after),
    disable: {
      ids: remove.map(({ id }) => id),
      reason: removalReason,
      at: instantOf(io.clock.nowMs()),
    },
  });
  if (outcome === 'raced')
    throw new CommandError('Nothing was changed: an endpoint was changed meanwhile. Apply the file again.');
  return created;
}

import type { Command } from 'commander';
import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../../lambdas/core/endpoint-definition.ts';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import type { JsonObject } from '../../../../lambdas/core/json.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { clearFault } from '../../endpoints/clear-fault.ts';
import {
  addDefinitionOptions,
  type DefinitionOptions,
  givenFields,
  optionalFields,
  toEndpoint,
} from '../../endpoints/definition-options.ts';
import { differenceLines } from '../../endpoints/difference.ts';
import { assertUsableSecret, ownSecretId } from '../../endpoints/endpoint-secret.ts';
import { printedEndpoint } from '../../endpoints/endpoint-text.ts';
import { lookUpEndpoint, missingEndpoint } from '../../endpoints/find-endpoint.ts';
import { noteFilterWarnings } from '../../endpoints/note-filter-warnings.ts';
import { UsageError } from '../../errors.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import { repeated } from '../../values.ts';

interface UpdateOptions extends DefinitionOptions, JsonOption {
  readonly secretId?: string;
  readonly unset?: readonly string[];
}

/** `pcr endpoints update` */
export function addUpdateCommand(group: Command, io: Io): void {
  addDefinitionOptions(withEndpointId(group.command('update')))
    .description('Changes the given fields and keeps all others. A list is replaced as a whole.')
    .option('--secret-id <name>', 'sign with another existing secret, by name or ARN')
    .option('--unset <field>', 'reset a field to its default; may be repeated', repeated)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr endpoints update ep_crm --timeout-seconds 20 --rate-per-second 5',
        'pcr endpoints update ep_crm --unset filter --unset ratePerSecond',
      ),
    )
    .action((id: EndpointId, options: UpdateOptions) => updateEndpoint(id, options, io));
}

async function updateEndpoint(id: EndpointId, options: UpdateOptions, io: Io): Promise<void> {
  const { secretId, unset = [] } = options;
  const given: JsonObject = { ...givenFields(options), ...(secretId !== undefined && { secretId }) };
  assertChanges(given, unset);
  const relay = await io.relay();
  const before = await lookUpEndpoint(id, relay);
  if (!before) throw await missingEndpoint(id, relay);
  if (before !== 'unreadable') assertSameKind(before, given);
  // Nothing of an unreadable item is kept: all fields have to be given.
  const repaired = given['url'] === undefined ? {} : { secretId: ownSecretId(id, relay) };
  const kept = before === 'unreadable' ? repaired : endpointDefinition(before);
  const members = Object.entries({ ...kept, id, ...given }).filter(([field]) => !unset.includes(field));
  const after = toEndpoint(Object.fromEntries(members));
  if (given['url'] !== undefined) assertReachable(after, relay, io);
  // An unreadable item may have named another secret; without topics, its creation was interrupted.
  const isUncertain = before === 'unreadable' || before.topics.length === 0;
  if (after.destination.kind === 'webhook' && (secretId !== undefined || isUncertain))
    await assertUsableSecret('--secret-id', after.destination.secretId, after.id, relay);
  const lines = before === 'unreadable' ? ['+ all of it'] : differenceLines(before, after);
  const result = { endpoint: printedEndpoint(after), changed: lines.length > 0 };
  if (lines.length === 0) return printDone(result, `${id} already has these values.`, options, io);
  const warnings = await noteFilterWarnings([after], io);
  if ((await relay.endpoints.update(after)) === 'missing') throw await missingEndpoint(id, relay);
  await clearFault(id, relay);
  const done = [`Updated ${id}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  printDone({ ...result, warnings }, done, options, io);
}

/** Waiting deliveries were made for a destination of this kind, so the kind cannot change. */
function assertSameKind({ id, destination: { kind } }: Endpoint, given: JsonObject): void {
  if (kind === 'listener')
    throw new UsageError(`endpoint ${id}: it belongs to a running pcr listen; allowed: any other endpoint`);
  const [option, original] =
    kind === 'webhook' ? (['eventBus', '--url'] as const) : (['url', '--event-bus'] as const);
  if (given[option] === undefined) return;
  throw new UsageError(
    `${option}: ${id} was added with ${original}, which cannot change; allowed: remove it, and add another`,
  );
}

function assertChanges(given: JsonObject, unset: readonly string[]): void {
  const unknown = unset.filter((field) => !optionalFields.some((optional) => optional === field));
  const both = unset.filter((field) => Object.hasOwn(given, field));
  const problems = [
    ...unknown.map((field) => `--unset ${field}: allowed: ${optionalFields.join(', ')}`),
    ...both.map((field) => `--unset ${field}: it also has a new value; allowed: one of both`),
  ];
  if (Object.keys(given).length === 0 && unset.length === 0)
    problems.push('options: none given; allowed: at least one field that changes, or --unset');
  if (problems.length > 0) throw new UsageError(...problems);
}

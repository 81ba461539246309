import type { Command } from 'commander';
import type { ChatFormat, Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../../lambdas/core/endpoint-definition.ts';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import type { JsonObject } from '../../../../lambdas/core/json.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { isChannel, readUrlFile, storeChannelUrl } from '../../endpoints/channel-url.ts';
import { clearFault } from '../../endpoints/clear-fault.ts';
import {
  addDefinitionOptions,
  type DefinitionOptions,
  givenFields,
  optionalFields,
  toEndpoint,
  type UrlFileOption,
} from '../../endpoints/definition-options.ts';
import { differenceLines } from '../../endpoints/difference.ts';
import { hiddenUrlLine } from '../../endpoints/endpoint-plan.ts';
import { assertUsableSecret, ownSecretId, secretIdOf } from '../../endpoints/endpoint-secret.ts';
import { printedEndpoint } from '../../endpoints/endpoint-text.ts';
import { lookUpEndpoint, missingEndpoint } from '../../endpoints/find-endpoint.ts';
import { noteEndpointWarnings } from '../../endpoints/note-endpoint-warnings.ts';
import { UsageError } from '../../errors.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import type { Relay } from '../../relay.ts';
import { assertChanges } from '../../unset-option.ts';
import { repeated } from '../../values.ts';

interface UpdateOptions extends DefinitionOptions, UrlFileOption, JsonOption {
  readonly secretId?: string;
  readonly unset?: readonly string[];
}

/** `pcr endpoints update` */
export function addUpdateCommand(group: Command, io: Io): void {
  addDefinitionOptions(withEndpointId(group.command('update')))
    .description('Changes the given fields and keeps all others. A list is replaced as a whole.')
    .option(
      '--secret-id <name>',
      'another existing secret, by name or ARN: it signs, or holds the URL of a channel',
    )
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
  const { secretId, unset = [], urlFile } = options;
  const given: JsonObject = { ...givenFields(options), ...(secretId !== undefined && { secretId }) };
  assertChanges({ ...given, ...(urlFile !== undefined && { urlFile }) }, unset, optionalFields);
  const urlFor = urlFile === undefined ? undefined : readUrlFile('--url-file', urlFile);
  const relay = await io.relay();
  const before = await lookUpEndpoint(id, relay);
  if (!before) throw await missingEndpoint(id, relay);
  if (before !== 'unreadable') assertSameKind(before, given);
  const after = updated(before, { id, ...given }, unset, ownSecretId(id, relay));
  const url = urlFor && newUrlOf(after, urlFor);
  if (given['url'] !== undefined || url !== undefined) assertReachable(after, relay, io, url);
  // An unreadable item may have named another secret; without topics, its creation was interrupted.
  const isUncertain = before === 'unreadable' || before.topics.length === 0;
  const secretInUse = secretIdOf(after.destination);
  if (secretInUse !== undefined && url === undefined && (secretId !== undefined || isUncertain))
    await assertUsableSecret('--secret-id', secretInUse, after.id, relay);
  const lines =
    before === 'unreadable'
      ? ['+ all of it']
      : differenceLines(endpointDefinition(before), endpointDefinition(after));
  await store(
    { after, url, lines: url === undefined ? lines : [...lines, hiddenUrlLine] },
    options,
    relay,
    io,
  );
}

/** Nothing of an unreadable item is kept: all fields have to be given. */
function updated(
  before: Endpoint | 'unreadable',
  given: JsonObject,
  unset: readonly string[],
  secretId: string,
): Endpoint {
  const repaired = given['eventBus'] === undefined ? { secretId } : {};
  const kept = before === 'unreadable' ? repaired : endpointDefinition(before);
  const members = Object.entries({ ...kept, ...given }).filter(([field]) => !unset.includes(field));
  return toEndpoint(Object.fromEntries(members));
}

function newUrlOf(endpoint: Endpoint, urlFor: (format: ChatFormat) => string): string {
  if (isChannel(endpoint)) return urlFor(endpoint.destination.format);
  throw new UsageError(
    `--url-file: allowed for an endpoint with format slack or teams; ${endpoint.id} has another`,
  );
}

interface Updated {
  readonly after: Endpoint;
  readonly url: string | undefined;
  readonly lines: readonly string[];
}

async function store(
  { after, url, lines }: Updated,
  options: UpdateOptions,
  relay: Relay,
  io: Io,
): Promise<void> {
  const { id } = after;
  const result = { endpoint: printedEndpoint(after), changed: lines.length > 0 };
  if (lines.length === 0) return printDone(result, `${id} already has these values.`, options, io);
  const warnings = await noteEndpointWarnings([after], relay, io);
  if (url !== undefined && isChannel(after)) await storeChannelUrl(after, url, relay);
  if ((await relay.endpoints.update(after)) === 'missing') throw await missingEndpoint(id, relay);
  await clearFault(id, relay);
  const done = [`Updated ${id}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  printDone({ ...result, warnings }, done, options, io);
  if (url !== undefined) io.note('For five more minutes messages may be posted to the URL before.');
}

/** Waiting deliveries were made for a destination of this kind, so the kind cannot change. */
function assertSameKind({ id, destination }: Endpoint, given: JsonObject): void {
  const { kind } = destination;
  if (kind === 'listener')
    throw new UsageError(`endpoint ${id}: it belongs to a running pcr listen; allowed: any other endpoint`);
  const originals = { webhook: '--url', eventbridge: '--event-bus', chat: '--format' } as const;
  const fields = { url: 'webhook', eventBus: 'eventbridge' } as const;
  const [other] = Object.entries(fields).filter(([field, of]) => given[field] !== undefined && of !== kind);
  const format = kind === 'chat' ? destination.format : 'standard';
  const isOther = given['format'] !== undefined && given['format'] !== format;
  const option = isOther ? 'format' : other?.[0];
  if (option === undefined) return;
  const original = kind === 'chat' ? `--format ${format}` : originals[kind];
  throw new UsageError(
    `${option}: ${id} was added with ${original}, which cannot change; allowed: remove it, and add another`,
  );
}

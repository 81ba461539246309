import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../../lambdas/core/endpoint-definition.ts';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import type { JsonObject } from '../../../../lambdas/core/json.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import {
  type DefinitionOptions,
  endpointOf,
  givenFields,
  optionalFields,
} from '../../endpoints/definition-options.ts';
import { differenceLines } from '../../endpoints/difference.ts';
import { assertUsable, ownSecretId } from '../../endpoints/endpoint-secret.ts';
import { endpointMissing, lookUpEndpoint } from '../../endpoints/find-endpoint.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';

export interface UpdateOptions extends DefinitionOptions {
  readonly secretId?: string;
  readonly unset?: readonly string[];
}

/** Changes the fields that are given, lists as a whole, and leaves the others. */
export async function updateEndpoint(io: Io, id: EndpointId, options: UpdateOptions): Promise<void> {
  const { secretId, unset = [] } = options;
  const given: JsonObject = { ...givenFields(options), ...(secretId !== undefined && { secretId }) };
  assertChanges(given, unset);
  const relay = await io.relay();
  const before = await lookUpEndpoint(relay, id);
  if (!before) throw await endpointMissing(relay, id);
  if (before !== 'unreadable') assertSameKind(before, given);
  // Of an item that cannot be read nothing is kept: it has to be defined again.
  const mended = given['url'] === undefined ? {} : { secretId: ownSecretId(relay, id) };
  const kept = before === 'unreadable' ? mended : endpointDefinition(before);
  const members = Object.entries({ ...kept, id, ...given }).filter(([field]) => !unset.includes(field));
  const after = endpointOf(Object.fromEntries(members));
  if (given['url'] !== undefined) assertReachable(io, relay, after);
  // An item that was spoiled may have been the last that knew another secret; without topics, adding it broke off.
  const isUncertain = before === 'unreadable' || before.topics.length === 0;
  if (after.destination.kind === 'webhook' && (secretId !== undefined || isUncertain))
    await assertUsable(relay, '--secret-id', after.destination.secretId);
  const lines = before === 'unreadable' ? ['+ all of it'] : differenceLines(before, after);
  if (lines.length === 0) return io.print(`${id} is like that already.`);
  if ((await relay.endpoints.update(after)) === 'missing') throw await endpointMissing(relay, id);
  io.print([`Updated ${id}:`, ...lines.map((line) => `  ${line}`)].join('\n'));
}

/** What waits for an endpoint was meant for a destination of its kind. */
function assertSameKind({ id, destination: { kind } }: Endpoint, given: JsonObject): void {
  if (kind === 'listener') throw new UsageError(`endpoint ${id}: it is a pcr listen; allowed: any other`);
  const [option, is] =
    kind === 'webhook' ? (['eventBus', '--url'] as const) : (['url', '--event-bus'] as const);
  if (given[option] === undefined) return;
  throw new UsageError(
    `${option}: ${id} was added with ${is}, and stays so; allowed: remove it, and add another`,
  );
}

function assertChanges(given: JsonObject, unset: readonly string[]): void {
  const unknown = unset.filter((field) => !optionalFields.some((optional) => optional === field));
  const both = unset.filter((field) => Object.hasOwn(given, field));
  const problems = [
    ...unknown.map((field) => `--unset ${field}: allowed: ${optionalFields.join(', ')}`),
    ...both.map((field) => `--unset ${field}: it is given a value, too; allowed: one of both`),
  ];
  if (Object.keys(given).length === 0 && unset.length === 0)
    problems.push('options: none given; allowed: at least one field that changes, or --unset');
  if (problems.length > 0) throw new UsageError(...problems);
}

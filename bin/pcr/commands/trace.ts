import type { Command } from 'commander';
import pMap from 'p-map';
import { addMs, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import { recordIn } from '../deliveries/delivery-values.ts';
import { CommandError, UsageError } from '../errors.ts';
import { concurrency } from '../first-of.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { holdQueues, releaseQueues } from '../parked/held-queues.ts';
import { parkedQueuesOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import { type FoundLines, findLogLines } from '../stores/function-logs.ts';
import { printable } from '../table.ts';
import { findVersions, type TraceId, traceIdOf } from '../trace/trace-start.ts';
import { type Trace, traceText } from '../trace/trace-text.ts';
import { type TracedVersion, traceVersion } from '../trace/traced-version.ts';
import { instantValue, wholeNumberValue } from '../values.ts';

interface TraceOptions extends JsonOption {
  readonly since?: Instant;
  readonly limit: number;
}

const defaultSinceMs = 3 * 24 * 60 * 60 * 1_000;

/** `pcr trace` */
export function addTraceCommand(command: Command, io: Io): void {
  command
    .argument('<id>', 'of an event, a message (webhook-id), a delivery, a record, or a run of reconcile')
    .argument('[version]', 'of a record; default: the newest', wholeNumberValue(1, 999_999_999))
    .option(
      '--since <time>',
      'log lines since then: 12h, 7d, 2026-03-01; default: 3d',
      instantValue(io.clock),
    )
    .option('--limit <number>', 'maximum number of versions', wholeNumberValue(1, 10_000), 20)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Prints the versions that the event caused, the message of each, its deliveries
with their attempts, and what the functions logged. If no log line names the
record of an event, the whole table Records is read.
${examples(
  'pcr trace 0a1b2c3d-0000-4000-8000-000000000000',
  'pcr trace msg_0123456789abcdef0123456789abcdef --since 7d',
  'pcr trace O1234567 3 --json',
)}`,
    )
    .action((text: string, version: number | undefined, options: TraceOptions) =>
      trace(text, version, options, io),
    );
}

async function trace(
  text: string,
  version: number | undefined,
  options: TraceOptions,
  io: Io,
): Promise<void> {
  const id = traceIdOf(text, recordIn(text));
  if (version !== undefined && id.kind !== 'record')
    throw new UsageError(`version ${version}: allowed with a record only`);
  const relay = await io.relay();
  const since = options.since ?? addMs(instantOf(io.clock.nowMs()), -defaultSinceMs);
  // The lines name the record that an event is about. Those of a record are found by its event.
  const first: FoundLines = id.kind === 'record' ? { lines: [] } : await findLogLines([text], since, relay);
  const refs = await findVersions(id, version, first.lines, relay, io);
  const versions = await traceVersions(refs, options, relay, io);
  const ids = new Set(versions.map(({ correlationId }) => correlationId));
  if (id.kind !== 'record') ids.add(text);
  const { lines, problem } = ids.size === 0 ? first : await findLogLines([...ids], since, relay);
  const parked = versions.length > 0 ? [] : await findParked(text, relay);
  const found: Trace = { id: text, versions, lines, parked };
  if (options.json) printJson(found, io);
  else io.print(traceText(found, io.out));
  if (problem !== undefined) io.note(`The logs could not be read: ${printable(problem)}`);
  if (versions.length === 0) throw nothingFound(id, found, since);
}

async function traceVersions(
  refs: readonly VersionRef[],
  { limit }: TraceOptions,
  relay: Relay,
  io: Io,
): Promise<readonly TracedVersion[]> {
  const traced = await pMap(refs.slice(0, limit), (ref) => traceVersion(ref, relay), { concurrency });
  if (refs.length > limit) io.note(`These are ${limit} of ${refs.length} versions: add --limit to see more.`);
  return traced.flatMap((each) => each ?? []);
}

/** Searches the parked queues for a message that contains the id. */
async function findParked(text: string, relay: Relay): Promise<Trace['parked']> {
  const held = await holdQueues(relay.clients.sqs, parkedQueuesOf(relay));
  await releaseQueues(relay.clients.sqs, held);
  return held.flatMap(({ name, messages }) =>
    messages
      .filter(({ body }) => body.includes(text))
      .map(({ id, code }) => ({ queue: name, message: id, code })),
  );
}

function nothingFound({ kind, text }: TraceId, { parked, lines }: Trace, since: Instant): CommandError {
  const [first] = parked;
  if (first)
    return new CommandError(
      `No version: ${text} is parked in ${first.queue}, because of ${first.code}. See \`pcr parked show ${first.message}\`.`,
    );
  if (kind === 'record') return new CommandError(`The record ${text} is not stored, or has no such version.`);
  if (lines.length > 0)
    return new CommandError(`No version names ${text} as its cause: the log lines above say what was done.`);
  return new CommandError(
    `Nothing is stored or logged about ${text} since ${since}. It may wait for its read (\`pcr quota\`), be older (--since), or be of another stack or bus.`,
  );
}

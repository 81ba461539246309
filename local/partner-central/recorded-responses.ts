import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, textAt } from '../../lambdas/core/json.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { listMembers } from './operations/list-members.ts';
import { CallLog, type LoggedCall } from './wire/call-log.ts';
import { invalid } from './wire/wire-error.ts';
import { startWireServer } from './wire/wire-server.ts';

export interface RecordedResponsesProps {
  /** Contains `responses/<Operation>[-<Variant>].json`, objects with the raw response as `body`. */
  readonly folder: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default calls are not logged */
  readonly log?: (call: LoggedCall) => void;
}

export interface RecordedResponses extends LoopbackServer {
  /** Number of calls that were not throttled. @default all operations */
  readonly reads: (operation?: string) => number;
  /** Selects the variant for an id. @default the first file by name, also for unknown variants */
  readonly hint: (id: string, payloadType: string) => void;
  /** The raw response for an id, or the only page of a list. Undefined without a recording. */
  readonly bodyOf: (operation: string, id: string) => string | undefined;
}

interface Recording {
  readonly operation: string;
  readonly variant: string | undefined;
  readonly body: string;
}

/**
 * Answers with recorded bodies, byte for byte, for every id and filter. A list without a recording
 * is empty. Every page after the first is empty too, because a recorded first page may refer to a
 * page without a recording. For any other operation without a recording the answer is a
 * ValidationException, which is not retryable, with the name of the missing file.
 * @throws Error if the folder or the body of a recording is missing
 */
export async function startRecordedResponses(props: RecordedResponsesProps): Promise<RecordedResponses> {
  const folder = join(props.folder, 'responses');
  const recordings = readRecordings(folder);
  const hints = new Map<string, string>();
  const calls = new CallLog(props.log);
  const bodyOf = (operation: string, id: string): string | undefined => {
    const variants = recordings.filter((each) => each.operation === operation);
    return (
      (variants.find((each) => each.variant === hints.get(id)) ?? variants[0])?.body ?? emptyPage(operation)
    );
  };
  const answer = calls.wrap(({ operation, input }, id) => {
    const isFirstPage = textAt(input, 'NextToken') === undefined;
    const body = isFirstPage ? bodyOf(operation, id) : emptyPage(operation);
    if (body === undefined)
      throw invalid(`No recorded response: expected ${join(folder, `${operation}.json`)}`, []);
    return body;
  });
  const server = await startWireServer(answer, { port: props.port });
  return {
    ...server,
    reads: (operation) => calls.reads(operation),
    bodyOf,
    hint: (id, payloadType) => {
      hints.set(id, payloadType);
    },
  };
}

function emptyPage(operation: string): string | undefined {
  const member = listMembers.get(operation);
  return member && JSON.stringify({ NextToken: null, [member]: [] });
}

function readRecordings(folder: string): readonly Recording[] {
  if (!existsSync(folder)) throw new Error(`There is no folder of recorded responses at ${folder}.`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length === 0) throw new Error(`There is no recorded response (<Operation>.json) in ${folder}.`);
  return names.toSorted().map((name) => readRecording(folder, name));
}

function readRecording(folder: string, name: string): Recording {
  const path = join(folder, name);
  const [operation = '', ...variant] = name.slice(0, -'.json'.length).split('-');
  const recorded = parseJson(readFileSync(path, 'utf8'), path);
  const body = isJsonObject(recorded) ? recorded['body'] : undefined;
  if (typeof body !== 'string') throw new Error(`${path} has no "body" with the raw response text`);
  return { operation, variant: variant.length > 0 ? variant.join('-') : undefined, body };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, textAt } from '../../lambdas/core/json.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { listMembers } from './operations/operation.ts';
import { type AnsweredCall, AnsweredCalls } from './wire/call-log.ts';
import { invalid } from './wire/wire-error.ts';
import { startWireServer } from './wire/wire-server.ts';

export interface RecordedResponsesProps {
  /** Holds `responses/<Operation>[-<Variant>].json`: each an object whose `body` is the raw text of an answer. */
  readonly folder: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default nothing is told */
  readonly log?: (call: AnsweredCall) => void;
}

export interface RecordedResponses extends LoopbackServer {
  /** All operations, or one. */
  readonly reads: (operation?: string) => number;
  /** Which variant answers for this id. Without a hint, or without such a variant, the first file by name answers. */
  readonly hint: (id: string, payloadType: string) => void;
  /** The raw text that an operation answers for an id, and of a list its only page; undefined without a recording. */
  readonly bodyOf: (operation: string, id: string) => string | undefined;
}

interface Recording {
  readonly operation: string;
  readonly variant: string | undefined;
  readonly body: string;
}

/**
 * Answers with recorded bodies, byte for byte, whatever id or filter is asked for. A list without a recording is empty, and so is
 * every page after the first: a recorded first page may name a next one that nobody recorded. Any other operation without a
 * recording is a ValidationException that names the file expected: never worth a retry.
 * @throws Error where the folder, or the body of a recording, is missing
 */
export async function startRecordedResponses(props: RecordedResponsesProps): Promise<RecordedResponses> {
  const folder = join(props.folder, 'responses');
  const recordings = readRecordings(folder);
  const hints = new Map<string, string>();
  const calls = new AnsweredCalls(props.log);
  const bodyOf = (operation: string, id: string): string | undefined => {
    const variants = recordings.filter((each) => each.operation === operation);
    return (
      (variants.find((each) => each.variant === hints.get(id)) ?? variants[0])?.body ?? emptyPage(operation)
    );
  };
  const answer = calls.of(({ operation, input }, id) => {
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
  if (!existsSync(folder)) throw new Error(`no folder of recorded responses: ${folder}`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length === 0) throw new Error(`no recorded response (<Operation>.json) in ${folder}`);
  return names.toSorted().map((name) => readRecording(folder, name));
}

function readRecording(folder: string, name: string): Recording {
  const path = join(folder, name);
  const [operation = '', ...variant] = name.slice(0, -'.json'.length).split('-');
  const recorded = parsed(readFileSync(path, 'utf8'), path);
  const body = isJsonObject(recorded) ? recorded['body'] : undefined;
  if (typeof body !== 'string') throw new Error(`${path} has no "body": the raw text of the answer`);
  return { operation, variant: variant.length > 0 ? variant.join('-') : undefined, body };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
}

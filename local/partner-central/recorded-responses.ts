import { join } from 'node:path';
import { textAt } from '../../lambdas/core/json.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { listMembers } from './operations/list-members.ts';
import { type Recording, readRecordings } from './recordings.ts';
import { CallLog, type LoggedCall } from './wire/call-log.ts';
import { notFound, WireError } from './wire/wire-error.ts';
import { startWireServer } from './wire/wire-server.ts';

export interface RecordedResponsesProps {
  /** Contains `responses/<Operation>[-<Variant>].json`, see `readRecordings`. */
  readonly folder: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default calls are not logged */
  readonly log?: (call: LoggedCall) => void;
}

export interface RecordedResponses extends LoopbackServer {
  /** Number of calls that were not throttled. @default all operations */
  readonly reads: (operation?: string) => number;
  /** Selects the variant for an id that no recording is about. */
  readonly hint: (id: string, payloadType: string) => void;
  /** The raw response for an id, or the only page of a list. Undefined without a recording. */
  readonly bodyOf: (operation: string, id: string) => string | undefined;
  /** The recorded answer for an id: the raw response, or the error that the call ends with. */
  readonly answerOf: (operation: string, id: string) => string | WireError;
  /** What is said about files that are of no use here. */
  readonly notes: readonly string[];
}

/**
 * Answers with recorded bodies, byte for byte, for every id and filter. A recording about the id is
 * preferred, then one of the hinted variant, then the first by file name. A list without a
 * recording is empty. Every page after the first is empty too, because a recorded first page may
 * refer to a page without a recording. For any other operation without a recording the answer is a
 * ResourceNotFoundException with the name of the missing file.
 * @throws Error that names a recording that cannot be read
 */
export async function startRecordedResponses(props: RecordedResponsesProps): Promise<RecordedResponses> {
  const folder = join(props.folder, 'responses');
  const { recordings, notes } = readRecordings(folder);
  const hints = new Map<string, string>();
  const calls = new CallLog(props.log);
  const answerOf = (operation: string, id: string): string | WireError =>
    find(recordings, operation, id, hints.get(id))?.answer ??
    emptyPage(operation) ??
    notFound(`No recorded response: expected ${join(folder, `${operation}.json`)}`);
  const answer = calls.wrap(({ operation, input }, id) => {
    const isFirstPage = textAt(input, 'NextToken') === undefined;
    const found = isFirstPage ? answerOf(operation, id) : (emptyPage(operation) ?? notFound());
    if (found instanceof WireError) throw found;
    return found;
  });
  const server = await startWireServer(answer, { port: props.port });
  return {
    ...server,
    reads: (operation) => calls.reads(operation),
    answerOf,
    bodyOf: (operation, id) => {
      const found = answerOf(operation, id);
      return found instanceof WireError ? undefined : found;
    },
    hint: (id, payloadType) => {
      hints.set(id, payloadType);
    },
    notes,
  };
}

function find(
  recordings: readonly Recording[],
  operation: string,
  id: string,
  hinted: string | undefined,
): Recording | undefined {
  const variants = recordings.filter((each) => each.operation === operation);
  return (
    variants.find(({ variant }) => variant !== undefined && variant === id) ??
    variants.find((each) => each.id !== undefined && each.id === id) ??
    variants.find(({ variant }) => variant !== undefined && variant === hinted) ??
    variants[0]
  );
}

function emptyPage(operation: string): string | undefined {
  const member = listMembers.get(operation);
  return member && JSON.stringify({ NextToken: null, [member]: [] });
}

import { at, isJsonArray, isJsonObject, textAt } from '../../lambdas/core/json.ts';
import type { RecordKind } from '../../lambdas/core/record.ts';
import type { CreatedQueue } from '../host/queues/sqs-queues.ts';
import type { Canaries } from './canaries.ts';
import type { Post } from './chaos-receiver.ts';
import type { ChaoticQueue } from './chaotic-queue.ts';
import type { CallFault, ProxiedCall } from './fault-proxy.ts';
import type { History } from './history.ts';
import { parseJson, pathsInRequest, sentEventIds } from './record-paths.ts';
import type { TruthLog } from './truth-log.ts';

/** Kinds of records by the operation that reads one. */
const readKinds: ReadonlyMap<string, RecordKind> = new Map([
  ['GetOpportunity', 'opportunity'],
  ['GetAwsOpportunitySummary', 'aws-opportunity-summary'],
  ['GetEngagementInvitation', 'engagement-invitation'],
  ['GetEngagement', 'engagement'],
]);
/** Writes worth a line; reads of the tables are not. */
const tableWrites = new Set(['TransactWriteItems', 'UpdateItem']);

export interface RecorderProps {
  readonly history: History;
  readonly canaries: Canaries;
  readonly truth: TruthLog;
  /** The stage's queues, once there is a stage. */
  readonly queues: () => readonly CreatedQueue[];
  readonly chaotic: () => ReadonlyMap<string, ChaoticQueue>;
  /** Told of each record whose answer from Partner Central is held back. */
  readonly onHeldBack: (path: string) => void;
  /** Told of each state that was written or confirmed, with the instant of the read behind it. */
  readonly onStored: (path: string, readAtMs: number) => void;
}

/** Sees everything that passes a joint of the stage: writes it down where it concerns a record, and looks for canaries. */
export class Recorder {
  readonly #props: RecorderProps;
  #worksDone = 0;

  constructor(props: RecorderProps) {
    this.#props = props;
  }

  /** Reads, versions and requests so far. */
  get worksDone(): number {
    return this.#worksDone;
  }

  readonly line = (functionId: string, line: string): void => {
    const { canaries, history } = this.#props;
    canaries.look(`the log of ${functionId}`, line);
    const entry = parseJson(line);
    const record = textAt(entry, 'record');
    if (record === undefined) return;
    const said = ['outcome', 'code', 'reason'].flatMap((name) => textAt(entry, name) ?? []);
    history.note([record], `logs ${textAt(entry, 'message')} ${said.join(' ')}`, functionId);
  };

  readonly post = ({ path, version, endpointId, webhookId, outcome, startedAtMs }: Post): void => {
    this.#worksDone += 1;
    const text = `version ${version} reached ${endpointId} as ${webhookId} at ${timeOf(startedAtMs)}: ${outcome}`;
    this.#props.history.note([path], text);
  };

  readonly call = (
    call: ProxiedCall,
    fault: CallFault | undefined,
    answer: { readonly status: number; readonly body: string } | undefined,
  ): void => {
    if (call.service === 'SQS') this.#queueCall(call, answer?.status);
    if (call.service === 'PARTNERCENTRAL_SELLING' || call.operation === 'TransactWriteItems')
      this.#worksDone += 1;
    const told = this.#told(call, fault, answer);
    if (told) this.#props.history.note(told.paths, told.text, call.functionId);
    // After the line about the call, so that the history is in order.
    if (answer?.status === 200) this.#succeeded(call, fault);
  };

  #succeeded({ operation, body }: ProxiedCall, fault: CallFault | undefined): void {
    const read = fault?.kind === 'answer-late' ? pathOfRead(operation, body) : undefined;
    if (read !== undefined) this.#props.onHeldBack(read);
    const stored = tableWrites.has(operation) ? storedIn(body) : undefined;
    if (stored) this.#props.onStored(stored.path, stored.readAtMs);
  }

  #queueCall({ functionId, operation, body }: ProxiedCall, status: number | undefined): void {
    const { canaries, queues, chaotic } = this.#props;
    canaries.look(`${operation} of ${functionId}`, body);
    if (status !== 200 || !operation.startsWith('SendMessage')) return;
    const url = textAt(parseJson(body), 'QueueUrl');
    const queue = queues().find((each) => each.url === url);
    for (const id of sentEventIds(body))
      chaotic()
        .get(queue?.resource.id ?? '')
        ?.noteSent(id);
  }

  #told(
    { service, operation, body }: ProxiedCall,
    fault: CallFault | undefined,
    answer: { readonly status: number; readonly body: string } | undefined,
  ): { readonly paths: readonly string[]; readonly text: string } | undefined {
    const misfortune = fault ? `, ${nameOfFault(fault)}` : '';
    if (service === 'PARTNERCENTRAL_SELLING') {
      const path = pathOfRead(operation, body);
      return path === undefined
        ? undefined
        : { paths: [path], text: `${operation} ${this.#shown(path, answer)}${misfortune}` };
    }
    if (service !== 'DYNAMODB' || (!fault && !tableWrites.has(operation))) return undefined;
    const paths = pathsInRequest(body);
    if (paths.length === 0) return undefined;
    const version = /"version":\{"N":"(\d+)"\}/.exec(body)?.[1];
    const of = operation === 'TransactWriteItems' && version !== undefined ? ` of version ${version}` : '';
    return { paths, text: `${operation}${of}: ${answer?.status ?? 'not passed on'}${misfortune}` };
  }

  /** Which state of the truth an answer showed. */
  #shown(path: string, answer: { readonly status: number; readonly body: string } | undefined): string {
    if (!answer) return 'was not passed on';
    const found = parseJson(answer.body);
    if (answer.status !== 200)
      return `was answered ${textAt(found, '__type')?.split('#').at(-1) ?? answer.status}`;
    const states = this.#props.truth.states.get(path) ?? [];
    const text = JSON.stringify(found);
    const number = states.findLastIndex(({ body }) => JSON.stringify(withoutMembers(body)) === text) + 1;
    return number === 0 ? 'was answered' : `showed state ${number} of ${states.length}`;
  }
}

/** GetEngagement leaves the members to another operation. */
function withoutMembers({
  EngagementMemberList: _members,
  ...body
}: Readonly<Record<string, unknown>>): object {
  return body;
}

function pathOfRead(operation: string, body: string): string | undefined {
  const input = parseJson(body);
  const kind = readKinds.get(operation);
  if (!kind || !isJsonObject(input)) return undefined;
  const id = textAt(input, 'Identifier') ?? textAt(input, 'RelatedOpportunityIdentifier') ?? '';
  return `${textAt(input, 'Catalog')}/${kind}/${id.slice(id.lastIndexOf('/') + 1)}`;
}

/** The state that a write makes, or confirms, and when it was read. */
function storedIn(body: string): { readonly path: string; readonly readAtMs: number } | undefined {
  const request = parseJson(body);
  const items = at(request, 'TransactItems');
  const [first] = isJsonArray(items) ? items : [];
  const path = textAt(first, 'Put', 'Item', 'pk', 'S') ?? textAt(request, 'Key', 'pk', 'S');
  const readAt =
    textAt(first, 'Put', 'Item', 'readAt', 'S') ??
    textAt(request, 'ExpressionAttributeValues', ':readAt', 'S');
  return path === undefined || readAt === undefined ? undefined : { path, readAtMs: Date.parse(readAt) };
}

const faultNames = {
  refuse: 'refused by the adversary',
  'lose-answer': 'and the answer was lost',
  'answer-late': 'and the answer came late',
  'end-before': 'the worker ended before',
  'end-after': 'the worker ended after it',
} as const;

function nameOfFault(fault: CallFault): string {
  return faultNames[fault.kind];
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 23);
}

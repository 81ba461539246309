import { at, isJsonArray, isJsonObject, textAt } from '../../lambdas/core/json.ts';
import { stringifyJson, tryParseJson } from '../../lambdas/core/json-text.ts';
import type { RecordKind } from '../../lambdas/core/record.ts';
import type { CreatedQueue } from '../host/queues/sqs-queues.ts';
import type { Canaries } from './canaries.ts';
import type { Post } from './chaos-receiver.ts';
import type { ChaoticQueue } from './chaotic-queue.ts';
import type { CallFault, ProxiedAnswer, ProxiedCall } from './fault-proxy.ts';
import type { History } from './history.ts';
import { pathsInRequest, sentEventIds } from './record-paths.ts';
import type { TruthLog } from './truth-log.ts';

/** The record kind that each operation of Partner Central reads. */
const readKinds: ReadonlyMap<string, RecordKind> = new Map([
  ['GetOpportunity', 'opportunity'],
  ['GetAwsOpportunitySummary', 'aws-opportunity-summary'],
  ['GetEngagementInvitation', 'engagement-invitation'],
  ['GetEngagement', 'engagement'],
]);
/** Table operations that are recorded. Reads of the tables are not. */
const tableWrites = new Set(['TransactWriteItems', 'UpdateItem']);

export interface RecorderProps {
  readonly history: History;
  readonly canaries: Canaries;
  readonly truth: TruthLog;
  /** Queues of the stage; empty until the stage has started. */
  readonly queues: () => readonly CreatedQueue[];
  readonly chaoticQueues: () => ReadonlyMap<string, ChaoticQueue>;
  /** Called with the path of each record whose answer from Partner Central is delayed. */
  readonly onAnswerDelayed: (path: string) => void;
  /** Called for each state that was written or confirmed, with the time of its read. */
  readonly onStored: (path: string, readAtMs: number) => void;
}

/**
 * Records every call, log line and webhook request in the history, and searches them for canaries.
 */
export class Recorder {
  readonly #props: RecorderProps;
  /** Number of calls about a delivery that met a fault, by delivery id. */
  readonly disturbedDeliveries = new Map<string, number>();
  #progress = 0;

  constructor(props: RecorderProps) {
    this.#props = props;
  }

  /** Number of reads, writes and webhook requests so far. */
  get progress(): number {
    return this.#progress;
  }

  readonly onLogLine = (functionId: string, line: string): void => {
    const { canaries, history } = this.#props;
    canaries.search(`the log of ${functionId}`, line);
    const entry = tryParseJson(line);
    const record = textAt(entry, 'record');
    if (record === undefined) return;
    const details = ['outcome', 'code', 'reason'].flatMap((name) => textAt(entry, name) ?? []);
    history.note([record], `logs ${textAt(entry, 'message')} ${details.join(' ')}`, functionId);
  };

  readonly onPost = ({ path, version, endpointId, webhookId, outcome, startedAtMs }: Post): void => {
    this.#progress += 1;
    const text = `version ${version} reached ${endpointId} as ${webhookId} at ${timeOf(startedAtMs)}: ${outcome}`;
    this.#props.history.note([path], text);
  };

  readonly onCall = (
    call: ProxiedCall,
    fault: CallFault | undefined,
    answer: ProxiedAnswer | undefined,
  ): void => {
    if (call.service === 'SQS') this.#onQueueCall(call, answer?.status);
    if (call.service === 'PARTNERCENTRAL_SELLING' || call.operation === 'TransactWriteItems')
      this.#progress += 1;
    if (fault && call.service === 'DYNAMODB') this.#noteDisturbed(call.body);
    const entry = this.#entryOf(call, fault, answer);
    if (entry) this.#props.history.note(entry.paths, entry.text, call.functionId);
    // After the entry about the call, so that the history is in order.
    if (answer?.status === 200) this.#onSuccess(call, fault);
  };

  #noteDisturbed(body: string): void {
    for (const id of new Set(body.match(/dlv_[0-9a-f]{32}/g)))
      this.disturbedDeliveries.set(id, (this.disturbedDeliveries.get(id) ?? 0) + 1);
  }

  #onSuccess({ operation, body }: ProxiedCall, fault: CallFault | undefined): void {
    const read = fault?.kind === 'answer-late' ? pathOfRead(operation, body) : undefined;
    if (read !== undefined) this.#props.onAnswerDelayed(read);
    const stored = tableWrites.has(operation) ? storedIn(body) : undefined;
    if (stored) this.#props.onStored(stored.path, stored.readAtMs);
  }

  #onQueueCall({ functionId, operation, body }: ProxiedCall, status: number | undefined): void {
    const { canaries, queues, chaoticQueues } = this.#props;
    canaries.search(`${operation} of ${functionId}`, body);
    if (status !== 200 || !operation.startsWith('SendMessage')) return;
    const url = textAt(tryParseJson(body), 'QueueUrl');
    const queue = queues().find((each) => each.url === url);
    for (const id of sentEventIds(body))
      chaoticQueues()
        .get(queue?.resource.id ?? '')
        ?.noteSent(id);
  }

  #entryOf(
    { service, operation, body }: ProxiedCall,
    fault: CallFault | undefined,
    answer: ProxiedAnswer | undefined,
  ): { readonly paths: readonly string[]; readonly text: string } | undefined {
    const suffix = fault ? `, ${nameOfFault(fault)}` : '';
    if (service === 'PARTNERCENTRAL_SELLING') {
      const path = pathOfRead(operation, body);
      return path === undefined
        ? undefined
        : { paths: [path], text: `${operation} ${this.#describeRead(path, answer)}${suffix}` };
    }
    if (service !== 'DYNAMODB' || (!fault && !tableWrites.has(operation))) return undefined;
    const paths = pathsInRequest(body);
    if (paths.length === 0) return undefined;
    const version = /"version":\{"N":"(\d+)"\}/.exec(body)?.[1];
    const of = operation === 'TransactWriteItems' && version !== undefined ? ` of version ${version}` : '';
    return { paths, text: `${operation}${of}: ${answer?.status ?? 'not forwarded'}${suffix}` };
  }

  /** Says which state of the truth an answer returned. */
  #describeRead(path: string, answer: ProxiedAnswer | undefined): string {
    if (!answer) return 'was not forwarded';
    const found = tryParseJson(answer.body);
    if (answer.status !== 200)
      return `was answered ${textAt(found, '__type')?.split('#').at(-1) ?? answer.status}`;
    const states = this.#props.truth.states.get(path) ?? [];
    const text = stringifyJson(found);
    const number = states.findLastIndex(({ body }) => stringifyJson(withoutMembers(body)) === text) + 1;
    return number === 0 ? 'was answered' : `returned state ${number} of ${states.length}`;
  }
}

/** GetEngagement does not return the members: another operation lists them. */
function withoutMembers({
  EngagementMemberList: _members,
  ...body
}: Readonly<Record<string, unknown>>): object {
  return body;
}

function pathOfRead(operation: string, body: string): string | undefined {
  const input = tryParseJson(body);
  const kind = readKinds.get(operation);
  if (!kind || !isJsonObject(input)) return undefined;
  const id = textAt(input, 'Identifier') ?? textAt(input, 'RelatedOpportunityIdentifier') ?? '';
  return `${textAt(input, 'Catalog')}/${kind}/${id.slice(id.lastIndexOf('/') + 1)}`;
}

/** The path of the state that a write stores or confirms, and when the state was read. */
function storedIn(body: string): { readonly path: string; readonly readAtMs: number } | undefined {
  const request = tryParseJson(body);
  const items = at(request, 'TransactItems');
  const [first] = isJsonArray(items) ? items : [];
  const path = textAt(first, 'Put', 'Item', 'pk', 'S') ?? textAt(request, 'Key', 'pk', 'S');
  const readAt =
    textAt(first, 'Put', 'Item', 'readAt', 'S') ??
    textAt(request, 'ExpressionAttributeValues', ':readAt', 'S');
  return path === undefined || readAt === undefined ? undefined : { path, readAtMs: Date.parse(readAt) };
}

const faultNames = {
  refuse: 'refused by the nemesis',
  'lose-answer': 'and the answer was lost',
  'answer-late': 'and the answer was late',
  'end-before': 'the worker ended before the call',
  'end-after': 'the worker ended after the call',
} as const;

function nameOfFault(fault: CallFault): string {
  return faultNames[fault.kind];
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 23);
}

import * as v from 'valibot';
import type { ProxiedCall } from '../../local/chaos/fault-proxy.ts';
import { readEmbeddedMetrics } from '../../local/embedded-metrics.ts';
import type { CountedRun, Usage } from './counts.ts';

type Tallied = { -readonly [Name in keyof Usage]: Usage[Name] };

/** A request to SQS is one for each 64 KB, and Lambda takes and deletes ten messages at a time. */
const sqsChunkBytes = 65_536;
const sqsBatch = 10;

const units = v.object({ CapacityUnits: v.number() });
const capacity = v.object({
  TableName: v.string(),
  CapacityUnits: v.number(),
  Table: v.optional(units),
  GlobalSecondaryIndexes: v.optional(v.record(v.string(), units), {}),
});
const answerSchema = v.object({ ConsumedCapacity: v.union([capacity, v.array(capacity)]) });
const eventSchema = v.object({ Records: v.array(v.object({ eventSource: v.string() })) });

/** Counts what each function uses of AWS. */
export class UsageTally {
  readonly #functions = new Map<string, Tallied>();
  readonly #tables: (tableName: string) => string;
  readonly #memoryMb: (name: string) => number;

  /**
   * @param tables maps the name of a table to its short name
   * @param memoryMb maps the id of a function to its memory
   */
  constructor(tables: (tableName: string) => string, memoryMb: (name: string) => number) {
    this.#tables = tables;
    this.#memoryMb = memoryMb;
  }

  /** Adds to a request to DynamoDB that the response has to report the consumed capacity. */
  static requestConsumedCapacity({ service, body }: ProxiedCall): string {
    if (service !== 'DYNAMODB') return body;
    return JSON.stringify({
      ...v.parse(v.looseObject({}), JSON.parse(body)),
      ReturnConsumedCapacity: 'INDEXES',
    });
  }

  recordCall({ functionId, service, operation, body }: ProxiedCall, answer: string): void {
    const used = this.#of(functionId);
    if (service === 'SQS') used.sqsRequests += Math.ceil(Buffer.byteLength(body) / sqsChunkBytes);
    if (service === 'SECRETS_MANAGER') used.secretCalls += 1;
    if (service === 'PARTNERCENTRAL_SELLING')
      used.partnerCentralCalls[operation] = (used.partnerCentralCalls[operation] ?? 0) + 1;
    if (service !== 'DYNAMODB') return;
    const reported = v.safeParse(answerSchema, JSON.parse(answer));
    const consumed = reported.success ? [reported.output.ConsumedCapacity].flat() : refusedCost(body);
    const isRead = /^(?:BatchGet|Get|Query|Scan|TransactGet)/.test(operation);
    const counted = isRead ? used.readUnits : used.writeUnits;
    const add = (to: string, { CapacityUnits }: v.InferOutput<typeof units>): void => {
      const place = isRead ? to : `${operation} ${to}`;
      if (CapacityUnits > 0) counted[place] = (counted[place] ?? 0) + CapacityUnits;
    };
    for (const { TableName, CapacityUnits, Table, GlobalSecondaryIndexes } of consumed) {
      const table = this.#tables(TableName);
      const indexes = Object.entries(GlobalSecondaryIndexes);
      const ofIndexes = indexes.reduce((sum, [, index]) => sum + index.CapacityUnits, 0);
      add(table, Table ?? { CapacityUnits: CapacityUnits - ofIndexes });
      for (const [index, indexUnits] of indexes) add(`${table}/${index}`, indexUnits);
    }
  }

  recordInvocation(functionId: string, event: unknown, durationMs: number): void {
    const used = this.#of(functionId);
    used.invocations += 1;
    used.durationMs += durationMs;
    used.logBytes += platformLogBytes;
    const parsed = v.safeParse(eventSchema, event);
    const messages = parsed.success
      ? parsed.output.Records.filter(({ eventSource }) => eventSource === 'aws:sqs').length
      : 0;
    used.sqsRequests += 2 * Math.ceil(messages / sqsBatch);
  }

  recordLogLine(functionId: string, line: string): void {
    const used = this.#of(functionId);
    used.logBytes += Buffer.byteLength(line) + 1;
    // A line can have several values of a metric.
    for (const name of new Set(readEmbeddedMetrics(line).map(({ metric }) => metric.name)))
      used.metrics[name] = (used.metrics[name] ?? 0) + 1;
  }

  usageByFunction(): CountedRun['functions'] {
    return Object.fromEntries([...this.#functions].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #of(functionId: string): Tallied {
    const name = functionId.replace(/\/Function$/, '').replace(/^.*\//, '');
    const known = this.#functions.get(name);
    if (known) return known;
    const none: Tallied = {
      invocations: 0,
      durationMs: 0,
      memoryMb: this.#memoryMb(functionId),
      writeUnits: {},
      readUnits: {},
      sqsRequests: 0,
      secretCalls: 0,
      partnerCentralCalls: {},
      logBytes: 0,
      metrics: {},
    };
    this.#functions.set(name, none);
    return none;
  }
}

/**
 * DynamoDB reports no capacity for a failed condition, but bills it like the write: 1 unit for an
 * item below 1 KB.
 */
function refusedCost(body: string): readonly v.InferOutput<typeof capacity>[] {
  const { TableName } = v.parse(v.object({ TableName: v.string() }), JSON.parse(body));
  return [{ TableName, CapacityUnits: 1, GlobalSecondaryIndexes: {} }];
}

/** Size of the lines that Lambda itself logs per invocation. */
const requestId = '00000000-0000-4000-8000-000000000000';
const platformLogBytes = Buffer.byteLength(
  [
    `START RequestId: ${requestId} Version: $LATEST`,
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: 123.45 ms\tBilled Duration: 124 ms\tMemory Size: 512 MB\tMax Memory Used: 128 MB`,
    '',
  ].join('\n'),
);

import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** File to which `npm run cost` writes its counts. */
export const countsFile = 'docs/cost-counts.json';

/** Totals of one function. */
const usage = v.object({
  invocations: v.number(),
  /** From call to answer, on the machine that counted. */
  durationMs: v.number(),
  memoryMb: v.number(),
  /**
   * DynamoDB request units by operation and by table or index, e.g. `PutItem Records` and
   * `PutItem Records/recordsByStatus`, as the engine reports them.
   */
  writeUnits: v.record(v.string(), v.number()),
  readUnits: v.record(v.string(), v.number()),
  /** Requests of the function, and of Lambda to receive and delete its messages; 64 KB each. */
  sqsRequests: v.number(),
  /** Calls of Secrets Manager. */
  secretCalls: v.optional(v.number(), 0),
  /** Calls of Partner Central by operation, which AWS does not bill. */
  partnerCentralCalls: v.optional(v.record(v.string(), v.number()), {}),
  logBytes: v.number(),
  /** How often each metric of our own was sent. */
  metrics: v.record(v.string(), v.number()),
});

export const countedRun = v.object({
  events: v.number(),
  webhooks: v.number(),
  webhookBytes: v.number(),
  versionBytes: v.number(),
  functions: v.record(v.string(), usage),
});

const schema = v.object({
  countedOn: v.pipe(v.string(), v.isoDate()),
  engine: v.string(),
  machine: v.string(),
  /** One change at a time with one event each, processed before the next change. */
  single: countedRun,
  /** Changes of opportunities in the recorded shape alone, one at a time with one event each. */
  opportunities: countedRun,
  /** Each change causes a burst of `eventsPerChange` events. */
  burst: v.object({ eventsPerChange: v.number(), run: countedRun }),
});

export type Usage = v.InferOutput<typeof usage>;
export type CountedRun = v.InferOutput<typeof countedRun>;
export type Counts = v.InferOutput<typeof schema>;

/** @throws Error if the file does not have the format of `npm run cost` */
export function readCounts(): Counts {
  return v.parse(schema, JSON.parse(readFileSync(countsFile, 'utf8')));
}

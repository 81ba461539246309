import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** Where `npm run cost` leaves what it counted. */
export const countsFile = 'docs/cost-counts.json';

/** Of one function, in all. */
const usage = v.object({
  invocations: v.number(),
  /** On the machine that counted, from the call to the answer. */
  durationMs: v.number(),
  memoryMb: v.number(),
  /** DynamoDB request units by table, indexes included, as the engine reports them. */
  writeUnits: v.record(v.string(), v.number()),
  readUnits: v.record(v.string(), v.number()),
  /** Made by the function, and by Lambda to hand it its messages; 64 KB each. */
  sqsRequests: v.number(),
  logBytes: v.number(),
});

const run = v.object({
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
  /** One change after the other, each told by one event and worked off before the next. */
  single: run,
  /** Each change comes as a burst of so many events. */
  burst: v.object({ eventsPerChange: v.number(), run }),
});

export type Usage = v.InferOutput<typeof usage>;
export type CountedRun = v.InferOutput<typeof run>;
export type Counts = v.InferOutput<typeof schema>;

/** @throws Error where the file is not what `npm run cost` writes */
export function readCounts(): Counts {
  return v.parse(schema, JSON.parse(readFileSync(countsFile, 'utf8')));
}

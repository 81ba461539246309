import * as v from 'valibot';

/** The start parameters of a worker. */
export interface WorkerStart {
  readonly bundleUrl: string;
  readonly exportName: string;
  /** @default the clock of the machine */
  readonly clock?: WorkerClock | undefined;
  /** Addresses of DNS servers, such as `127.0.0.1:53`. @default those of the machine */
  readonly nameServers?: readonly string[] | undefined;
}

/** The clock of a worker: the clock of the machine plus both values. */
export interface WorkerClock {
  readonly skewMs: number;
  /** Shared by all workers: a write moves the clocks of all workers at once. */
  readonly passedMs: Int32Array<SharedArrayBuffer>;
}

/** An invocation, sent to the worker. Like on AWS, event and response are JSON text. */
export interface Invocation {
  readonly event: string;
  readonly deadlineAtEpochMs: number;
  readonly context: Readonly<Record<string, unknown>>;
}

const failure = { errorType: v.string(), errorMessage: v.string() };

/** Messages of the worker: first the result of its start, then one answer per invocation. */
export const workerMessage = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('start-failed'), ...failure }),
  v.object({ kind: v.literal('answered'), response: v.string() }),
  v.object({ kind: v.literal('failed'), ...failure }),
]);
export type WorkerMessage = v.InferOutput<typeof workerMessage>;

import * as v from 'valibot';

/** What a worker is started with. */
export interface WorkerStart {
  readonly bundleUrl: string;
  readonly exportName: string;
  /** @default the clock of the machine */
  readonly clock?: WorkerClock | undefined;
}

/** What a worker takes for the time: that of the machine, and both of these. */
export interface WorkerClock {
  readonly skewMs: number;
  /** One number in memory that workers share: whoever writes it moves the time of all of them at once. */
  readonly passedMs: Int32Array<SharedArrayBuffer>;
}

/** An invocation, sent to the worker. Event and response travel as JSON text, as they do to a deployed function. */
export interface Invocation {
  readonly event: string;
  readonly deadlineAtEpochMs: number;
  readonly context: Readonly<Record<string, unknown>>;
}

const failure = { errorType: v.string(), errorMessage: v.string() };

/** What the worker says: once how its start went, then one answer per invocation. */
export const workerMessage = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('start-failed'), ...failure }),
  v.object({ kind: v.literal('answered'), response: v.string() }),
  v.object({ kind: v.literal('failed'), ...failure }),
]);
export type WorkerMessage = v.InferOutput<typeof workerMessage>;

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { functionEnvironment } from './function-environment.ts';

export interface RoundRequest {
  /** The event of each invocation, as JSON. */
  readonly events: readonly string[];
  /** Number of concurrent invocations. One Lambda environment has 1. */
  readonly atOnce: number;
}

const roundCost = v.object({ cpuMs: v.number(), tookMs: v.number(), failures: v.array(v.string()) });
/** `cpuMs`: user and system time of all threads. `failures`: answers that name failed messages. */
export type RoundCost = v.InferOutput<typeof roundCost>;

/** A bundle in its own process, so that its processor time can be measured. */
export interface FunctionProcess {
  /** @throws Error if a message fails or the process ends */
  runRound(events: readonly unknown[], atOnce?: number): Promise<Omit<RoundCost, 'failures'>>;
  stop(): void;
}

/** @param environment added to the environment of every function */
export async function startFunctionProcess(
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionProcess> {
  const child = fork(fileURLToPath(new URL('./function-process-main.ts', import.meta.url)), [bundle], {
    env: { ...functionEnvironment, ...environment },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  // The output is read, as Lambda reads it. Its end is part of the error if the process fails.
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4_000);
    });
  const nextMessage = async (): Promise<unknown> => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error(`${bundle} ended:\n${printed}`);
    });
    try {
      const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
      return message;
    } finally {
      stopping.abort();
      ended.catch(() => undefined);
    }
  };
  await nextMessage();
  return {
    async runRound(events, atOnce = 1) {
      child.send({ events: events.map((event) => JSON.stringify(event)), atOnce } satisfies RoundRequest);
      const { failures, ...cost } = v.parse(roundCost, await nextMessage());
      if (failures.length > 0) throw new Error(`${bundle} failed: ${failures[0]}\n${printed}`);
      return cost;
    },
    stop: () => void child.kill(),
  };
}

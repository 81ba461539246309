import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { functionEnvironment } from './function-environment.ts';

export interface RoundRequest {
  /** One for each invocation, as JSON. */
  readonly events: readonly string[];
  /** Invocations that run at the same time: 1 is what an environment of Lambda does. */
  readonly atOnce: number;
}

const turnSpent = v.object({ cpuMs: v.number(), tookMs: v.number(), failures: v.array(v.string()) });
/** `cpuMs`: of all threads of the process, user and system; `failures`: answers that name messages which failed. */
export type RoundCost = v.InferOutput<typeof turnSpent>;

/** A bundle in a process of its own, so that the processor time is its alone. */
export interface FunctionProcess {
  /** @throws Error where a message failed, or the process ended */
  runRound(events: readonly unknown[], atOnce?: number): Promise<Omit<RoundCost, 'failures'>>;
  stop(): void;
}

/** @param environment put over that of every function. */
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
  // What it logs is read, as Lambda reads it; the end of it tells why it failed.
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4_000);
    });
  const said = async (): Promise<unknown> => {
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
  await said();
  return {
    async runRound(events, atOnce = 1) {
      child.send({ events: events.map((event) => JSON.stringify(event)), atOnce } satisfies RoundRequest);
      const { failures, ...spent } = v.parse(turnSpent, await said());
      if (failures.length > 0) throw new Error(`${bundle} failed: ${failures[0]}\n${printed}`);
      return spent;
    },
    stop: () => void child.kill(),
  };
}

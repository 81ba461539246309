import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import type { DrillClock } from './drill-clock.ts';

/** What a command of `pcr` printed, and its exit code. */
export interface PcrResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs `pcr` as an operator does who has no other AWS account.
 * @param endpoints variables that point to the stage
 */
export async function runPcr(
  args: readonly string[],
  endpoints: Readonly<Record<string, string>>,
  { passedMs }: Pick<DrillClock, 'passedMs'>,
): Promise<PcrResult> {
  const worker = new Worker(new URL('./pcr-worker.ts', import.meta.url), {
    argv: [...args],
    env: {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      NO_COLOR: '1',
      ...endpoints,
    },
    workerData: { skewMs: 0, passedMs },
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
  });
  const exited = once(worker, 'exit');
  const [out, err, [code]] = await Promise.all([text(worker.stdout), text(worker.stderr), exited]);
  return { code: Number(code), out, err };
}

import type { Io } from '../../bin/pcr/io.ts';
import type { Relay } from '../../bin/pcr/relay.ts';
import { run } from '../../bin/pcr/run.ts';
import { plainScreen } from '../../bin/pcr/screen.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import { fixedRandom } from './fixed-random.ts';
import { manualClock } from './manual-clock.ts';

export interface RunResult {
  readonly code: number;
  /** Standard output, and standard error. */
  readonly out: string;
  readonly err: string;
}

export interface Circumstances {
  /** @default no stack is found */
  readonly relay?: Relay | undefined;
  /** Answer to every question. @default the terminal is not interactive */
  readonly answer?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** @default true */
  readonly isOutputTerminal?: boolean;
  /** @default the command is never interrupted */
  readonly interrupted?: AbortSignal;
}

/** Runs one command line in this process and returns its output. */
export async function runWith(
  args: readonly string[],
  circumstances: Circumstances = {},
): Promise<RunResult> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, ioOf(circumstances, out, err));
  return { code, out: out.join('\n'), err: err.join('\n') };
}

export function ioOf(
  {
    relay,
    answer = false,
    clock = manualClock(),
    isOutputTerminal = true,
    interrupted = new AbortController().signal,
  }: Circumstances,
  out: string[] = [],
  err: string[] = [],
): Io {
  return {
    print: (text) => void out.push(text),
    note: (text) => void err.push(text),
    out: plainScreen,
    err: plainScreen,
    isTerminal: false,
    isOutputTerminal,
    async confirm(question) {
      err.push(`${question} (--yes)`);
      return answer;
    },
    progress: () => ({ advance: () => undefined, of: () => undefined, end: () => undefined }),
    run,
    async relay() {
      if (!relay) throw new Error('the stack was looked for');
      return relay;
    },
    // Nothing can be written there.
    stateFolder: '/dev/null',
    clock,
    random: fixedRandom(0),
    interrupted: () => interrupted,
  };
}

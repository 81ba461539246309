import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { CannotTest } from './cannot-test.ts';
import { type Emulator, startEmulator } from './emulator.ts';

/** Folder of the emulator and of what is synthesized for it. */
export const emulatorFolder = fileURLToPath(new URL('../../.ministack', import.meta.url));

export interface EmulatorTest {
  /** Ends a test that hangs. */
  readonly longestMinutes: number;
  /** The last line of a test that passed. */
  readonly passed: string;
  /** @param report prints a line of progress */
  readonly test: (emulator: Emulator, report: (line: string) => void) => Promise<void>;
}

/**
 * Runs a test against an emulator of AWS, and ends this process: with 0 if the test passed. All
 * processes that the test started end with it.
 */
export async function runOnEmulator({ longestMinutes, passed, test }: EmulatorTest): Promise<never> {
  const startedAtMs = performance.now();
  const report = (line: string) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
  };
  // Exits on a signal, so that the exit handlers end all started processes.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  setTimeout(() => {
    process.stderr.write(
      `Not done within ${longestMinutes} minutes: the step after the last line above hangs.\n`,
    );
    process.exit(1);
  }, longestMinutes * 60_000).unref();
  try {
    const emulator = await startEmulator(emulatorFolder, report);
    try {
      await Promise.race([
        test(emulator, report).catch((problem) => preferEmulatorError(problem, emulator)),
        emulator.died,
      ]);
    } finally {
      await emulator.stop();
    }
    report(passed);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof CannotTest ? error.message : inspect(error)}\n`);
    process.exit(1);
  }
}

/** A call can fail before the end of the emulator is known, whose error says more. */
async function preferEmulatorError(problem: unknown, { died }: Emulator): Promise<never> {
  await Promise.race([died, sleep(2_000)]);
  throw problem;
}

import { describe } from 'vitest';

/**
 * Runs `describe`, or skips it and prints the reason if this machine lacks something. The default
 * reporter prints only how many tests were skipped.
 * @param missing a sentence that says what is missing, or undefined if nothing is
 */
export function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  if (missing !== undefined) process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skipIf(missing !== undefined)(name, suite);
}

import { describe } from 'vitest';

/**
 * `describe`, or where something is missing on this machine a skipped one that says so in the output: the default reporter
 * shows how many tests were skipped, never why.
 * @param missing what is missing, as a sentence; undefined where nothing is
 */
export function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  if (missing !== undefined) process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skipIf(missing !== undefined)(name, suite);
}

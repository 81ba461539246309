import { defineConfig } from 'vitest/config';
import { CountReporter } from './count-reporter.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // A run that finds no test is a failure, not a success.
    passWithNoTests: false,
    reporters: ['default', new CountReporter()],
    // Bounds for what hangs, and not for what is slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // On two cores one worker would leave the other core idle while engines and servers are waited for.
    maxWorkers: 3,
    // DynamoDB Local lives too short for thorough compilation to pay: this takes a third off its processor time.
    env: { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  },
});

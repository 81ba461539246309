import { defineConfig } from 'vitest/config';
import { CountReporter } from './count-reporter.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // A run that finds no test is a failure, not a success.
    passWithNoTests: false,
    reporters: ['default', new CountReporter()],
    // Limits for tests that hang. They are generous, because tests may be slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Three workers for two cores: tests often wait for engines and servers.
    maxWorkers: 3,
    // DynamoDB Local runs too briefly for optimizing compilation to pay: this saves a third of its
    // CPU time.
    env: { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  },
});

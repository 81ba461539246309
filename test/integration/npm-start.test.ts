import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { opportunityEvent } from '../builders/events.ts';
import { writeSampleFolder } from './sample-folders.ts';

/** Runs the program of `npm start` and returns its exit code and output. */
async function start(...args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  // A run that hangs is ended before the test times out, so that it does not outlive the test.
  const child = spawn(process.execPath, ['local/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, printed };
}

describe('npm start', () => {
  it('reports an invalid command line and exits with 2', async () => {
    const { code, printed } = await start('--events', 'many', '--engine', 'sqlite');
    expect(printed).toContain('--events many: a whole number from 60 to 100000 is allowed');
    expect(printed).toContain('--engine sqlite: dynoxide or dynamodb-local is allowed');
    expect(code).toBe(2);
  });

  it('exits with 0 for recordings of another stack if nothing is lost', async () => {
    const folder = writeSampleFolder({
      'events/created.json': opportunityEvent(),
      'responses/ListSolutions.json': '{"body":"{\\"SolutionSummaries\\":[]}"}',
    });
    try {
      const { code, printed } = await start('--once', '--samples', folder);
      expect(printed).toContain('created.json: parked as partner-central.not-found');
      expect(code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('exits with 1 and names the file of a folder that cannot be read', async () => {
    const folder = writeSampleFolder({ 'events/created.json': '{"source": }' });
    try {
      const { code, printed } = await start('--once', '--samples', folder);
      expect(printed).toContain('created.json is not JSON: ValueExpected at character 11');
      expect(code).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opportunityEvent } from '../builders/events.ts';

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

  it('exits with 1 and does not hang if a run fails after the stage has started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'samples-'));
    try {
      mkdirSync(join(folder, 'events'));
      mkdirSync(join(folder, 'responses'));
      writeFileSync(join(folder, 'events', 'created.json'), JSON.stringify(opportunityEvent()));
      writeFileSync(join(folder, 'responses', 'ListSolutions.json'), '{"body":"{}"}');
      const { code, printed } = await start('--once', '--samples', folder);
      expect(printed).toContain('--samples: responses/GetOpportunity.json is missing');
      expect(code).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

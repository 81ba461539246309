import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { opportunityEvent } from '../builders/events.ts';
import { writeSampleFolder } from './sample-folders.ts';
import { type StartedStage, startStayingStage } from './started-stage.ts';

/** Runs the program of `npm start` and returns its exit code and output. */
async function start(...args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  // A run that hangs is ended before the test times out, so that it does not outlive the test.
  const child = spawn(process.execPath, ['local/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 170_000,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, printed };
}

describe('npm start', { timeout: 180_000 }, () => {
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

describe('a stage that stays up', { timeout: 180_000 }, () => {
  let stage: StartedStage;
  beforeAll(async () => {
    stage = await startStayingStage('--events', '60', '--seed', '7');
  }, 180_000);
  afterAll(() => stage.remove());

  it('is found by pcr from any folder, without a variable or a profile', async () => {
    const { code, out, err } = await stage.pcr('opportunities', 'list', '--json');
    expect({ code, err }).toEqual({ code: 0, err: `Local stage of ${process.cwd()}\n` });
    expect(JSON.parse(out)).not.toEqual([]);
  });

  it('lets pcr change a deal, and prints a line for the webhook', async () => {
    const { code, out, err } = await stage.pcr('trigger', 'opportunity.stage_changed');
    expect(code, err).toBe(0);
    expect(out).toMatch(/\/LifeCycle\/Stage: .+ → .+\n/);
    expect(out).toMatch(/ep_local: +delivered, HTTP 204/);
    await vi.waitFor(() =>
      expect(stage.printed()).toMatch(/Z 204 ep_local opportunity\.updated O\d+ v\d+\n/),
    );
  });

  it('keeps the checks and what to do next on a screen of 24 rows and 80 columns', () => {
    const lines = stage.printed().split('\n');
    const from = lines.findIndex((line) => line.includes('events put on the bus'));
    const checks = lines.findIndex((line) => line.includes('promise 1'));
    const to = lines.findIndex((line) => line.includes('Press Ctrl-C'));
    expect(to - checks).toBeLessThan(24);
    // The path of the checkout may be long.
    const printed = lines.slice(from).filter((line) => !line.includes('alias pcr='));
    for (const line of printed) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints the variables for both versions of the AWS CLI with --env alone', async () => {
    const { code, out } = await stage.start('--env');
    expect(code).toBe(0);
    for (const name of ['AWS_REGION=us-east-1', 'AWS_DEFAULT_REGION=us-east-1', 'AWS_ACCESS_KEY_ID=local'])
      expect(out).toContain(`export ${name}\n`);
    for (const service of ['DYNAMODB', 'EVENTBRIDGE', 'SECRETS_MANAGER', 'SQS'])
      expect(out).toMatch(new RegExp(`export AWS_ENDPOINT_URL_${service}=http://127\\.0\\.0\\.1:\\d+\\n`));
    expect(stage.printed()).not.toContain('export ');
  });

  it('is missed by pcr after a kill, with what to do', async () => {
    await stage.end('SIGKILL');
    expect(await stage.pcr('opportunities', 'list')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('has ended. Start it with npm start'),
    });
    expect(await stage.start('--env')).toMatchObject({
      code: 1,
      err: 'There is no local stage: start it with npm start.\n',
    });
  });
});

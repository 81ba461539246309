import { spawn } from 'node:child_process';

/** Where the template and the bundles of the local stage are written. */
export const stageFolder = 'cdk.out/local';

/** What the simulator allows, and the functions are told: as much as a run here can use. AWS grants 10 a second. */
export const localQuota = { perSecond: 1_000, perDay: 100_000 };

/**
 * Builds the bundles and synthesizes the stack with the CDK CLI, as a deployment would.
 * Three settings differ: both catalogs are taken, no time is left for Partner Central to settle, since the simulator
 * shows every change at once, and the quota is wider.
 * @param options `folder` and `settleSeconds`, for a stage of another kind.
 */
export async function synthesize({ folder = stageFolder, settleSeconds = 0 } = {}): Promise<void> {
  const context = [
    'relay:catalogs=AWS,Sandbox',
    `relay:settleSeconds=${settleSeconds}`,
    `relay:readsPerSecond=${localQuota.perSecond}`,
    `relay:readsPerDay=${localQuota.perDay}`,
  ].flatMap((entry) => ['--context', entry]);
  await run('cdk', ['synth', '--quiet', '--output', folder, ...context]);
}

/** @throws Error with what the command printed, where it fails. */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} failed:\n${Buffer.concat(printed).toString()}`);
}

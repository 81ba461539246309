import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { commandActions } from '../lambdas/core/command.ts';

/**
 * Folder of the template and the bundles of the local stage. Each process has its own, which is
 * removed at its end: another stage of the same checkout would replace the bundles.
 */
export const stageFolder = `cdk.out/local-${process.pid}`;

/**
 * The read quota of the simulator and the functions: more than a local run uses. AWS grants 10
 * reads per second.
 */
export const localQuota = { perSecond: 1_000, perDay: 100_000 };

/** Every command, and more writes than a local run makes. AWS grants one write per second. */
export const localCommands = {
  commands: commandActions.join(),
  writesPerSecond: 1_000,
  writesPerDay: 100_000,
};

/** Every reminder, after days that run as fast as everything else. */
export const localReminders = {
  reminders: 'close_date_passed,action_required_unanswered:3,review_overdue:10,idle:30',
};

/**
 * Builds the bundles and synthesizes the stack with the CDK CLI, as a deployment would. Three
 * settings differ: both catalogs are used; the settling time is 0, because the simulator returns
 * every change at once; and the read quota is larger.
 * @param settings more settings that differ, by key without prefix
 */
export async function synthesize({
  folder = stageFolder,
  settings = {},
}: {
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
} = {}): Promise<void> {
  const differing = {
    catalogs: 'AWS,Sandbox',
    settleSeconds: 0,
    readsPerSecond: localQuota.perSecond,
    readsPerDay: localQuota.perDay,
    ...settings,
  };
  if (folder === stageFolder)
    process.once('exit', () => rmSync(stageFolder, { recursive: true, force: true }));
  const context = Object.entries(differing).flatMap(([key, value]) => ['--context', `relay:${key}=${value}`]);
  await run('cdk', ['synth', '--quiet', '--output', folder, ...context]);
}

/** @throws Error with the output of the command if it fails */
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

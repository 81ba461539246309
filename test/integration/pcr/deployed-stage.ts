import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildBundles } from '../../../lambdas/build.ts';
import { parseConfig } from '../../../lib/parse-config.ts';
import { PartnerCentralRelay } from '../../../lib/partner-central-relay.ts';
import { localQuota } from '../../../local/deployment.ts';
import { type Stage, type StageOptions, startStage } from '../../../local/host/stage.ts';
import { createPartner } from '../../../local/partner-central/create-partner.ts';
import type { PartnerEventEnvelope } from '../../../local/partner-central/model/partner-events.ts';
import type { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { type Simulator, startSimulator } from '../../../local/partner-central/simulator-server.ts';
import { context } from '../../infra/synthesized-stack.ts';

/**
 * The deployed parts on embedded engines, and `pcr` as a process of its own that finds them as it
 * finds AWS.
 */
export interface DeployedStage {
  readonly stage: Stage;
  readonly partner: SimulatedPartner;
  readonly simulator: Simulator;
  /** Puts the emitted events on the bus and returns them. */
  readonly carry: () => Promise<readonly PartnerEventEnvelope[]>;
  readonly pcr: (...args: readonly string[]) => Promise<Exited>;
  readonly stop: () => Promise<void>;
}

export interface Exited {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const timeScale = 0.02;

/**
 * @param onLine receives each line that a function prints
 * @param settings of the stack, by context key. @default those of `buildAndSynthesize`
 * @param options of the stage. @default two workers a function, and no limit of the account
 */
export async function startDeployedStage(
  onLine: (functionId: string, line: string) => void = () => undefined,
  settings: Readonly<Record<string, string>> = {},
  {
    functionEnvironment,
    ...options
  }: Pick<StageOptions, 'concurrency' | 'accountConcurrency' | 'functionEnvironment'> = {},
): Promise<DeployedStage> {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  const template = await buildAndSynthesize(folder, settings);
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: localQuota });
  const stage = await startStage({
    template,
    timeScale,
    env: {},
    partnerCentralUrl: simulator.url,
    functionEnvironment: (functionId, given) => ({
      TIME_SCALE: String(timeScale),
      WEBHOOK_NETWORK: 'loopback',
      ...functionEnvironment?.(functionId, given),
    }),
    ...options,
    onLine,
  });
  return {
    stage,
    partner,
    simulator,
    carry: async () => {
      const carried = emitted.splice(0);
      await Promise.all(carried.map((event) => stage.bus.put(event)));
      return carried;
    },
    pcr: (...args) => runPcr({ ...stage.endpoints, ...stage.controlPlane }, args),
    stop: async () => {
      await stage.stop();
      await simulator.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * In a folder of its own: other tests build, too, and at the same time.
 * @returns the file of the template
 */
async function buildAndSynthesize(folder: string, given: Readonly<Record<string, string>>): Promise<string> {
  const bundles = join(folder, 'dist');
  const outdir = join(folder, 'cdk.out');
  await buildBundles(bundles);
  const settings = {
    'relay:catalogs': 'AWS,Sandbox',
    'relay:settleSeconds': '0',
    'relay:readsPerSecond': String(localQuota.perSecond),
    ...given,
  };
  const parsed = parseConfig({ ...context, ...settings });
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  // The CDK CLI sets this too: the stage finds queues by their construct paths.
  const withPaths = { ...context, 'aws:cdk:enable-path-metadata': true };
  const app = new App({ context: withPaths, outdir });
  const env = { region: 'us-east-1' };
  const stack = new PartnerCentralRelay(app, 'PartnerCentralRelay', { env, config: parsed.config, bundles });
  app.synth();
  return join(outdir, stack.templateFile);
}

/** Starts `pcr` without the developer's own AWS settings. */
export function spawnPcr(endpoints: Readonly<Record<string, string>>, args: readonly string[]) {
  return spawn(process.execPath, ['bin/pcr.ts', ...args], {
    env: {
      PATH: process.env['PATH'],
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      ...endpoints,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A hanging process is killed soon after its test times out.
    timeout: 180_000,
  });
}

async function runPcr(endpoints: Readonly<Record<string, string>>, args: readonly string[]): Promise<Exited> {
  const child = spawnPcr(endpoints, args);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

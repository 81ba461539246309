import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, vi } from 'vitest';
import { buildPage } from '../../bin/build.ts';
import { type ConsoleServer, startConsole } from '../../bin/pcr/console/console-server.ts';
import { newToken } from '../../bin/pcr/console/new-token.ts';
import { findRelay, type Relay } from '../../bin/pcr/relay.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { type ControlDoor, startControlDoor } from '../../local/control-door.ts';
import { localCredentials } from '../../local/host/local-account.ts';
import { Receiver } from '../../local/receiver.ts';
import { registerEndpoint, type Subscription } from '../../local/stage-access.ts';
import { withFaults } from '../../local/stage-controls.ts';
import { triggerOn } from '../../local/triggers/trigger-on.ts';
import { ioOf, type RunResult, runWith } from '../fakes/recorded-io.ts';
import { type DeployedStage, startDeployedStage } from '../integration/pcr/deployed-stage.ts';
import { findBrowser } from './find-browser.ts';

/** The deployed parts with a simulated partner, a receiver, the console on them, and Chromium. */
export interface ConsoleWorld extends DeployedStage {
  readonly receiver: Receiver;
  readonly relay: Relay;
  readonly browser: Browser;
  /** Adds an endpoint at the receiver, besides `ep_local`, which wants every message. */
  readonly addEndpoint: (subscription: Subscription) => Promise<void>;
  /** The link that `pcr console` prints. */
  readonly link: string;
  /** Ends the server of the page, and starts it again on the same port and with the same token. */
  readonly restartServer: (whileDown: () => Promise<void>) => Promise<void>;
  /** Runs `pcr` in this process. Questions are answered with yes. */
  readonly run: (...args: readonly string[]) => Promise<RunResult>;
}

/** Starts the world for the tests of a file. @returns it, once a test runs */
export function useConsoleWorld(prepare: (world: ConsoleWorld) => Promise<void>): () => ConsoleWorld {
  let started: { readonly world: ConsoleWorld; readonly stop: () => Promise<void> } | undefined;
  beforeAll(async () => {
    started = await startWorld();
    await prepare(started.world);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await started?.stop();
  });
  return () => {
    if (!started) throw new Error('the world is not started');
    return started.world;
  };
}

async function startWorld() {
  const deployed = await startDeployedStage(undefined, { 'relay:commands': 'opportunity.update' });
  const { endpoints, controlPlane } = deployed.stage;
  for (const [name, value] of Object.entries({ ...endpoints, ...controlPlane })) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  const address = { url: await receiver.start(), secret };
  await registerEndpoint(deployed.stage, address);
  const addEndpoint = (subscription: Subscription) => registerEndpoint(deployed.stage, address, subscription);
  const door = await openDoor(deployed, receiver);
  const { url, token } = door;
  const relay = { ...(await findRelay({}, () => undefined)), stageDoor: { url, token } };
  const served = await serve(relay);
  const browser = await chromium.launch({
    executablePath: await findBrowser(),
    args: ['--host-resolver-rules=MAP rebound.example.com 127.0.0.1'],
  });
  const run: ConsoleWorld['run'] = (...args) => runWith(args, { relay, clock: systemClock, answer: true });
  const stop = async (): Promise<void> => {
    await browser.close();
    await served.stop();
    await door.stop();
    await receiver.stop();
    await deployed.stop();
  };
  return { world: { ...deployed, ...served, receiver, relay, browser, addEndpoint, run }, stop };
}

async function openDoor(deployed: DeployedStage, receiver: Receiver): Promise<ControlDoor> {
  const faults = {
    throttle: deployed.simulator.throttleFor,
    failReceiver: (forMs: number) => receiver.fail(forMs),
  };
  return await startControlDoor(withFaults(faults, triggerOn(deployed)));
}

/** Serves the page, built from its sources. */
async function serve(relay: Relay) {
  const page = mkdtempSync(join(tmpdir(), 'console-page-'));
  await buildPage(page);
  const deps = { relay, io: ioOf({ relay, clock: systemClock }), page, token: newToken() };
  let server: ConsoleServer = await startConsole(deps, 0);
  const { link } = server;
  return {
    link,
    restartServer: async (whileDown: () => Promise<void>): Promise<void> => {
      await server.stop();
      await whileDown();
      server = await startConsole(deps, Number(new URL(link).port));
    },
    stop: async (): Promise<void> => {
      await server.stop();
      rmSync(page, { recursive: true });
    },
  };
}

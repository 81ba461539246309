import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { commandActions } from '../../../lambdas/core/command.ts';
import { freePort } from '../../../local/host/owned-process.ts';
import { accessStage } from '../../../local/stage-access.ts';
import { waitUntilFinished } from '../../../local/wait-until-finished.ts';
import { type DeployedStage, startDeployedStage } from '../pcr/deployed-stage.ts';
import { type RunningCrm, startCrm } from './running-crm.ts';

/** A relay whose signed door is open, with clients that are the example CRM. */
export interface CrmStage extends DeployedStage {
  /** Adds a client with an endpoint of its own by `pcr`, and starts its CRM. */
  readonly addCrm: (id: string, echo: 'mark' | 'omit') => Promise<RunningCrm>;
  /** Resolves when every edit has ended or waits, and the relay has nothing to do. */
  readonly rest: () => Promise<void>;
}

const secrets = v.record(v.string(), v.object({ secret: v.string() }));
/** Longer than anything here takes, also on a busy machine. */
const longestMs = 150_000;

export async function startCrmStage(): Promise<CrmStage> {
  const deployed = await startDeployedStage(undefined, {
    'relay:commands': commandActions.join(),
    'relay:signedCommands': 'yes',
    'relay:writesPerSecond': '1000',
  });
  const { stage, carry, pcr } = deployed;
  const folder = mkdtempSync(join(tmpdir(), 'crm-'));
  const running: RunningCrm[] = [];
  // AWS sends its events by itself.
  const carrying = setInterval(() => void carry(), 100);

  async function createdSecret(id: string, ...args: readonly string[]): Promise<string> {
    const file = join(folder, `${id}.json`);
    const { code, err } = await pcr(...args, '--id', id, '--secrets-file', file);
    if (code !== 0) throw new Error(err);
    return v.parse(secrets, JSON.parse(readFileSync(file, 'utf8')))[id]?.secret ?? '';
  }

  return {
    ...deployed,
    addCrm: async (id, echo) => {
      const port = await freePort();
      const allowed = ['--action', 'opportunity.update', '--catalog', 'AWS', '--requests-per-minute', '600'];
      const relaySecret = await createdSecret(id, 'clients', 'add', ...allowed);
      const to = ['--url', `http://127.0.0.1:${port}`, '--topic', 'opportunity.*', '--topic', 'command.*'];
      const own = ['--client', id, '--echo', echo, '--ordering', 'per-record'];
      const endpointId = `ep_${id.replace('-', '')}`;
      const webhookSecret = await createdSecret(endpointId, 'endpoints', 'add', ...to, ...own);
      const relayUrl = stage.httpApis.get('Commands/Door/Api/Api').url;
      const database = join(folder, `${id}.sqlite`);
      const crm = await startCrm({ id, port, database, webhookSecret, relayUrl, relaySecret });
      running.push(crm);
      return crm;
    },
    rest: async () => {
      const deadlineMs = performance.now() + longestMs;
      for (;;) {
        await carry();
        const left = await waitUntilFinished(stage, accessStage(stage), 20_000);
        const edits = (await Promise.all(running.map((crm) => crm.edits()))).flat();
        const open = edits.filter(({ state }) => state === 'unsent' || state === 'accepted');
        if (left.length === 0 && open.length === 0) return;
        if (performance.now() > deadlineMs)
          throw new Error(`no rest: ${JSON.stringify({ left, open }, undefined, 1)}`);
      }
    },
    stop: async () => {
      clearInterval(carrying);
      await Promise.all(running.map((crm) => crm.kill()));
      await deployed.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

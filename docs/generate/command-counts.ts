import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import * as v from 'valibot';
import type { Client } from '../../lambdas/core/client.ts';
import { type SymmetricSecret, signedHeaders } from '../../lambdas/core/signature.ts';
import { createPartner } from '../../local/partner-central/create-partner.ts';
import { startSimulator } from '../../local/partner-central/simulator-server.ts';
import { registerClient } from '../../local/stage-access.ts';
import { synthesize } from '../../local/synthesize.ts';
import { startCostStage } from './cost-stage.ts';
import { type CountedRun, countedRun } from './counts.ts';
import { recordedShape } from './recorded-shape.ts';

/** File to which `npm run cost` writes what a command uses. */
export const commandCountsFile = 'docs/command-counts.json';

const schema = v.object({
  countedOn: v.pipe(v.string(), v.isoDate()),
  engine: v.string(),
  machine: v.string(),
  /** The first command of a worker of the signed door, which reads the client and its secret. */
  first: countedRun,
  /** Commands that change the stage of an opportunity, one at a time, at each door. */
  iam: countedRun,
  signed: countedRun,
  /** Requests at the signed door that no client has signed. */
  refused: countedRun,
});
export type CommandCounts = v.InferOutput<typeof schema>;

/** @throws Error if the file does not have the format of `npm run cost` */
export function readCommandCounts(): CommandCounts {
  return v.parse(schema, JSON.parse(readFileSync(commandCountsFile, 'utf8')));
}

/** In scaled time a busy machine makes calls slow, and they are repeated. */
const trueSpeed = 1;
const commandsPerDoor = 10;
const secret: SymmetricSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const client: Client = {
  id: 'crm',
  disabled: false,
  actions: ['opportunity.update'],
  catalogs: ['AWS'],
  writable: [''],
  never: [],
  requestsPerMinute: 600,
  approval: 'never',
};

/** Counts what a command takes until its change is delivered as a webhook, at both doors. */
export async function countCommands(folder: string, report: (line: string) => void): Promise<CommandCounts> {
  report('building the functions and synthesizing the stack with both doors');
  const settings = { catalogs: 'AWS', commands: 'opportunity.update', signedCommands: 'yes' };
  await synthesize({ folder, settings });
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: { perSecond: 1_000, perDay: 1_000_000 } });
  const { stage, put, counted, stop } = await startCostStage(folder, simulator.url, 1, trueSpeed);
  const url = (door: Door): string => stage.httpApis.get(apiIds[door]).url;
  const [cold = '', warm = '', ...ids] = Array.from({ length: 2 + 2 * commandsPerDoor }, () => {
    const id = partner.createOpportunity('AWS');
    partner.submitOpportunity(id);
    partner.updateOpportunity(id, { patch: openShape });
    return id;
  });
  const play = (door: Door, targets: readonly string[]): Promise<CountedRun> =>
    counted(async () => {
      report(`${targets.length} commands at the door of ${door}`);
      const before = partner.writes.effective.length;
      for (const target of targets) {
        await sendCommand(url(door), door, target);
        await put([]);
        // AWS reports the change that the command has made.
        await put(emitted.splice(0));
      }
      const written = partner.writes.effective.length - before;
      if (written === targets.length) return written;
      throw new Error(`${targets.length} commands made ${written} writes`);
    });
  try {
    await registerClient(stage, client, secret);
    await put(emitted.splice(0));
    // The other functions are warm when the signed door begins.
    await play('iam', [warm]);
    return {
      countedOn: new Date().toISOString().slice(0, 10),
      engine: stage.engine,
      machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
      first: await play('signed', [cold]),
      iam: await play('iam', ids.slice(0, commandsPerDoor)),
      signed: await play('signed', ids.slice(commandsPerDoor)),
      refused: await counted(() => sendUnsigned(url('signed'))),
    };
  } finally {
    await stop();
    await simulator.stop();
  }
}

type Door = 'iam' | 'signed';
const apiIds = { iam: 'Commands/Api/Api', signed: 'Commands/Door/Api/Api' } as const;

/** The recorded shape, in a state that AWS lets partners change at any time. */
const openShape = {
  ...recordedShape,
  LifeCycle: { ReviewStatus: 'Approved', Stage: 'Prospect', TargetCloseDate: '2099-12-31' },
};

/** @throws Error unless the command is accepted */
async function sendCommand(url: string, door: Door, target: string): Promise<void> {
  const key = `${target}/stage`;
  const body = JSON.stringify({
    action: 'opportunity.update',
    catalog: 'AWS',
    target,
    patch: { LifeCycle: { Stage: 'Qualified' } },
  });
  const headers =
    door === 'iam'
      ? { 'idempotency-key': key }
      : { 'relay-client': client.id, ...signedHeaders([secret], key, Math.floor(Date.now() / 1_000), body) };
  const answer = await fetch(`${url}/commands`, { method: 'POST', headers, body });
  if (answer.status !== 202)
    throw new Error(`the command for ${target} was answered ${answer.status}: ${await answer.text()}`);
}

/** @throws Error unless each request is refused */
async function sendUnsigned(url: string): Promise<number> {
  for (let sent = 0; sent < commandsPerDoor; sent += 1) {
    const headers = {
      ...signedHeaders([secret], `stranger-${sent}`, 0, '{}'),
      'relay-client': `stranger-${sent}`,
    };
    const { status } = await fetch(`${url}/commands`, { method: 'POST', headers, body: '{}' });
    if (status !== 401) throw new Error(`a request of a stranger was answered ${status}`);
  }
  return commandsPerDoor;
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EchoForm } from '../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import { localUserArn } from '../../local/host/local-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { findUnfinishedWork } from '../../local/observation.ts';
import { accessStage, registerEndpoint } from '../../local/stage-access.ts';
import { type DeployedStage, startDeployedStage } from './pcr/deployed-stage.ts';

/* Software that sends a command at each message that it receives, on the deployed parts. */

const message = v.object({
  data: v.object({
    id: v.string(),
    version: v.number(),
    cause: v.object({ commands: v.optional(v.array(v.object({ id: v.string(), key: v.string() }))) }),
  }),
});

interface Consumer {
  readonly endpointId: EndpointId;
  readonly echo: EchoForm;
  /** Whether it ignores messages that name its commands. */
  readonly ignoresEchoes: boolean;
  /** What it writes at a message. */
  readonly nextSteps: (version: number) => string;
  readonly received: { readonly version: number; readonly keys: readonly string[] }[];
  /** Keys of the commands that it has sent. */
  readonly sent: string[];
}

function nextSteps(version: number): string {
  return `Has seen version ${version}`;
}

function consumer(endpointId: EndpointId, echo: EchoForm, of: Partial<Consumer> = {}): Consumer {
  return { endpointId, echo, ignoresEchoes: false, nextSteps, received: [], sent: [], ...of };
}

const marking = consumer('ep_marks', 'mark', { ignoresEchoes: true });
const omitting = consumer('ep_omits', 'omit');
const naive = consumer('ep_naive', 'mark', { nextSteps: () => 'Has seen it' });
const consumers = [marking, omitting, naive];

/** A consumer that has sent this number of commands is in a loop. */
const mostCommands = 25;

let deployed: DeployedStage;
const servers: LoopbackServer[] = [];
const targets = new Map<Consumer, string>();

async function answer(each: Consumer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id, version, cause } = v.parse(message, await json(request)).data;
  const keys = (cause.commands ?? []).map(({ key }) => key);
  if (each.received.some((before) => before.version === version)) return void response.writeHead(204).end();
  each.received.push({ version, keys });
  if (!(each.ignoresEchoes && cause.commands) && each.sent.length < mostCommands)
    await send(each, id, version);
  response.writeHead(204).end();
}

async function send(each: Consumer, target: string, version: number): Promise<void> {
  const key = `${each.endpointId}/${version}`;
  const patch = { LifeCycle: { NextSteps: each.nextSteps(version) } };
  const asked = await fetch(`${deployed.stage.httpApis.get('Commands/Api/Api').url}/commands`, {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      action: 'opportunity.update',
      catalog: 'AWS',
      target,
      patch,
      onConflict: 'overwrite',
    }),
  });
  if (asked.status !== 202) throw new Error(`${asked.status}: ${await asked.text()}`);
  each.sent.push(key);
}

/** Carries the events of all writes, until nothing happens any more. */
async function waitForRest(): Promise<void> {
  const { stage, carry } = deployed;
  const { dynamodb, tables } = accessStage(stage);
  for (let quiet = 0; quiet < 3; ) {
    const events = await carry();
    await stage.idle();
    const unfinished = await findUnfinishedWork(dynamodb, tables);
    quiet = events.length === 0 && unfinished.length === 0 ? quiet + 1 : 0;
    await sleep(200);
  }
}

beforeAll(async () => {
  deployed = await startDeployedStage(undefined, { 'relay:commands': 'opportunity.update' });
  const { stage, partner } = deployed;
  for (const each of consumers) {
    const server = await startLoopbackServer((request, response) => void answer(each, request, response));
    servers.push(server);
    const id = partner.createOpportunity('AWS');
    targets.set(each, id);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const subscription = {
      id: each.endpointId,
      topics: ['opportunity.*'],
      catalogs: [],
      filter: { data: { id: [id] } },
      ordering: 'per-record' as const,
      client: localUserArn,
      echo: each.echo,
    };
    await registerEndpoint(stage, { url: server.url, secret }, subscription);
  }
  await waitForRest();
  // A person edits each deal, and each consumer writes once more.
  for (const id of targets.values())
    partner.updateOpportunity(id, { patch: { Project: { Title: 'Edited by a person' } } });
  await waitForRest();
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await deployed.stop();
});

const skippedSchema = v.array(
  v.object({ version: v.object({ id: v.string(), version: v.number() }), reason: v.optional(v.string()) }),
);

describe('promise 17: a client that sends a command at each message', () => {
  it('a client that writes back what it receives stops by itself if it ignores what is marked: each echo names the command behind it', () => {
    expect(marking.received).toEqual([
      { version: 1, keys: [] },
      { version: 2, keys: ['ep_marks/1'] },
      { version: 3, keys: [] },
      { version: 4, keys: ['ep_marks/3'] },
    ]);
    expect(marking.sent).toEqual(['ep_marks/1', 'ep_marks/3']);
  });

  it('a client that writes back what it receives stops by itself if echoes are omitted, and order has no gap', async () => {
    expect(omitting.received).toEqual([
      { version: 1, keys: [] },
      { version: 3, keys: [] },
    ]);
    expect(omitting.sent).toEqual(['ep_omits/1', 'ep_omits/3']);
    const list = ['deliveries', 'list', '--endpoint', 'ep_omits', '--status', 'skipped', '--limit', '500'];
    const skipped = v.parse(skippedSchema, JSON.parse((await deployed.pcr(...list, '--json')).out));
    const echoes = skipped.filter(({ reason }) => reason === 'echo').map(({ version }) => version);
    const id = targets.get(omitting);
    expect(echoes.toSorted((a, b) => a.version - b.version)).toMatchObject([
      { id, version: 2 },
      { id, version: 4 },
    ]);
  });

  it('a client that looks at no mark and writes the same again stops by itself: the record has it already', () => {
    expect(naive.received.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(naive.sent).toHaveLength(3);
  });
});

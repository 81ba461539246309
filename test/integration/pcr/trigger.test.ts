import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findRelay, type Relay } from '../../../bin/pcr/relay.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { type ControlDoor, startControlDoor } from '../../../local/control-door.ts';
import { localReminders } from '../../../local/deployment.ts';
import { clientSettings, localCredentials } from '../../../local/host/local-account.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';
import { Receiver } from '../../../local/receiver.ts';
import { registerEndpoint } from '../../../local/stage-access.ts';
import { triggerOn } from '../../../local/triggers/trigger-on.ts';
import { isTriggerTopic } from '../../../local/triggers/triggers.ts';
import { runWith } from '../../fakes/recorded-io.ts';
import { type DeployedStage, startDeployedStage } from './deployed-stage.ts';

/* `pcr trigger` on a local stage with a simulated partner and an endpoint for all messages. */

let deployed: DeployedStage;
let door: ControlDoor;
let receiver: Receiver;
let relay: Relay;

beforeAll(async () => {
  deployed = await startDeployedStage(undefined, { 'relay:reminders': localReminders.reminders });
  const { endpoints, controlPlane } = deployed.stage;
  for (const [name, value] of Object.entries({ ...endpoints, ...controlPlane })) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
  door = await startControlDoor(triggerOn(deployed));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  receiver = new Receiver(secret);
  await registerEndpoint(deployed.stage, { url: await receiver.start(), secret });
  relay = { ...(await findRelay({}, () => undefined)), stageDoor: { url: door.url, token: door.token } };
}, 180_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await receiver.stop();
  await door.stop();
  await deployed.stop();
});

const pcr = (...args: readonly string[]) => runWith(['trigger', ...args], { relay, clock: systemClock });

it('pcr trigger creates a record if there is none that can change', async () => {
  const { code, out, err } = await pcr('opportunity.stage_changed');
  expect(code, err).toBe(0);
  expect(out).toContain('/LifeCycle/Stage: Prospect → Qualified');
}, 240_000);

it.each(topics.filter(isTriggerTopic))(
  'pcr trigger %s changes a record, and its message arrives with this type or topic',
  async (topic) => {
    const { code, out, err } = await pcr(topic, '--json');
    expect(code, err).toBe(0);
    const printed = JSON.parse(out);
    expect(printed.topics).toContain(topic);
    expect(printed.deliveries).toMatchObject([
      { endpoint: 'ep_local', status: 'delivered', httpStatus: 204 },
    ]);
    const received = receiver.receipts.find(({ webhookId }) => webhookId === printed.messageId);
    expect(received).toMatchObject({ type: printed.type, version: printed.version });
    expect(received?.topics).toContain(topic);
    expect(receiver.refused).toEqual([]);
  },
  240_000,
);

it.each(topics.filter((topic) => !isTriggerTopic(topic)))(
  'pcr trigger %s says that only a command leads to it',
  async (topic) => {
    expect(await pcr(topic)).toEqual({
      code: 2,
      out: '',
      err: `error: ${topic}: only a command of your software leads to it; allowed: pcr commands send, see docs/commands.md`,
    });
  },
);

it('pcr trigger moves the deal that it is given from stage to stage to Launched, and then no further', async () => {
  const id = deployed.partner.createOpportunity('Sandbox');
  await deployed.carry();
  await deployed.stage.idle();
  for (const [before, after] of [
    ['Prospect', 'Qualified'],
    ['Qualified', 'Technical Validation'],
    ['Technical Validation', 'Business Validation'],
    ['Business Validation', 'Committed'],
    ['Committed', 'Launched'],
  ]) {
    const { code, out, err } = await pcr('opportunity.stage_changed', '--id', id);
    expect(code, err).toBe(0);
    expect(out).toContain(`/LifeCycle/Stage: ${before} → ${after}`);
    expect(out).toMatch(/ep_local: +delivered, HTTP 204, \d+ ms/);
  }
  expect(await pcr('opportunity.stage_changed', '--id', id)).toMatchObject({
    code: 2,
    err: `error: --id ${id}: it is Launched, and AWS lets it change no more; allowed: an opportunity that is open`,
  });
}, 240_000);

it.each([
  [
    'opportunity.updated',
    'O404',
    '--id O404: the simulated partner has no such opportunity; allowed: an id that',
  ],
  [
    'opportunity.created',
    'O1',
    '--id O1: a new record has an id of its own; allowed: this type without --id',
  ],
  ['opportunity.idle', 'O1', '--id O1: a new record has an id of its own; allowed: this type without --id'],
])('pcr trigger %s --id %s names what is wrong and what is allowed', async (topic, id, said) => {
  const { code, out, err } = await pcr(topic, '--id', id);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(said);
});

it('an event that the AWS CLI puts on the default bus leads to a version and a message', async () => {
  const id = deployed.partner.createOpportunity('AWS');
  const events = new EventBridgeClient(
    clientSettings(deployed.stage.controlPlane.AWS_ENDPOINT_URL_EVENTBRIDGE),
  );
  const answer = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: 'aws.partnercentral-selling',
          DetailType: 'Opportunity Created',
          Detail: JSON.stringify({ catalog: 'AWS', opportunity: { identifier: id } }),
        },
      ],
    }),
  );
  expect(answer.FailedEntryCount).toBe(0);
  await vi.waitFor(
    () =>
      expect(receiver.receipts.find(({ path }) => path === `AWS/opportunity/${id}`)).toMatchObject({
        type: 'opportunity.created',
        eventIds: [answer.Entries?.[0]?.EventId],
      }),
    { timeout: 30_000, interval: 100 },
  );
}, 240_000);

it('pcr trigger with an endpoint sends it the sample of a topic, and changes nothing', async () => {
  const { code, out } = await pcr('engagement.linked', '--endpoint', 'ep_local', '--json');
  expect(code).toBe(0);
  const { messageId } = JSON.parse(out);
  const received = receiver.receipts.find(({ webhookId }) => webhookId === messageId);
  expect(received).toMatchObject({ path: expect.stringMatching(/^Test\//) });
  expect(received?.topics).toContain('engagement.linked');
});

it('pcr trigger prints the first answer of an endpoint that fails', async () => {
  const broken = await startLoopbackServer((_, response) => void response.writeHead(500).end());
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const subscription = { id: 'ep_broken', topics: ['opportunity.created'], catalogs: [] } as const;
  await registerEndpoint(deployed.stage, { url: broken.url, secret }, subscription);
  // Endpoints are cached for a short time.
  await vi.waitFor(
    async () => {
      const { code, out } = await pcr('opportunity.created');
      expect(code).toBe(0);
      expect(out).toMatch(/ep_broken: +pending, HTTP 500, \d+ ms/);
      expect(out).toMatch(/ep_local: +delivered, HTTP 204, \d+ ms/);
    },
    { timeout: 60_000, interval: 1_000 },
  );
  await broken.stop();
}, 240_000);

async function expectPrinted(text: RegExp): Promise<void> {
  const { code, out, err } = await pcr('engagement.created');
  expect(code, err).toBe(0);
  expect(out).toMatch(text);
}

it('pcr trigger waits for pcr listen, and says if its server is down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'listen-'));
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, `whsec_${randomBytes(32).toString('base64')}`);
  const server = await startLoopbackServer((_, response) => void response.writeHead(204).end());
  const interruption = new AbortController();
  const listening = runWith(
    ['listen', server.url, '--topic', 'engagement.created', '--secret-file', secretFile],
    { relay, clock: systemClock, interrupted: interruption.signal },
  );
  // Endpoints are cached for a short time.
  await vi.waitFor(() => expectPrinted(/ep_\w{6,}: +delivered, HTTP 204, \d+ ms/), {
    timeout: 60_000,
    interval: 1_000,
  });
  await server.stop();
  await expectPrinted(/ep_\w{6,}: +held, until its server is up/);
  interruption.abort();
  expect(await listening).toMatchObject({ code: 0 });
  rmSync(folder, { recursive: true });
}, 240_000);

it('pcr trigger on a deployed stack requires an endpoint', async () => {
  const { code, err } = await runWith(['trigger', 'opportunity.updated'], {
    relay: { ...relay, stageDoor: undefined },
  });
  expect(code).toBe(2);
  expect(err).toContain('--endpoint: not given');
});

it('pcr trigger says when the local stage has ended', async () => {
  const gone = { ...relay, stageDoor: { url: 'http://127.0.0.1:1', token: '' } };
  expect(await runWith(['trigger', 'opportunity.updated'], { relay: gone })).toMatchObject({
    code: 1,
    err: 'The local stage has ended: start it with npm start.',
  });
});

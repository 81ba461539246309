import { randomBytes } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { accessStage, registerEndpoint } from '../../../local/stage-access.ts';
import { type DeployedStage, type Exited, startDeployedStage } from './deployed-stage.ts';

/* `pcr trace` as a process, on the local stage, which keeps the lines of its functions. */

let deployed: DeployedStage;
let receiver: LoopbackServer;
let id = '';
let eventIds: readonly string[] = [];

beforeAll(async () => {
  deployed = await startDeployedStage();
  const { partner, carry, stage } = deployed;
  receiver = await startLoopbackServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await registerEndpoint(stage, { url: receiver.url, secret });
  id = partner.createOpportunity('AWS');
  eventIds = (await carry()).map((event) => event.id);
  await stage.idle();
});
afterAll(async () => {
  await deployed.stop();
  await receiver.stop();
});

const found = v.object({
  versions: v.array(
    v.object({
      record: v.string(),
      version: v.number(),
      messageId: v.string(),
      cause: v.object({ eventIds: v.array(v.string()) }),
      deliveries: v.array(
        v.object({ id: v.string(), status: v.string(), attempts: v.array(v.object({ status: v.number() })) }),
      ),
    }),
  ),
  lines: v.array(v.object({ service: v.string(), event: v.string() })),
});

function foundIn({ code, out, err }: Exited) {
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return v.parse(found, JSON.parse(out));
}

test('pcr trace leads from an event to its webhook, and from each id on the way to the same', async () => {
  const [eventId = ''] = eventIds;
  const traced = foundIn(await deployed.pcr('trace', eventId, '--json'));
  const ofRecord = traced.versions.filter(({ record }) => record === `AWS/opportunity/${id}`);
  expect(ofRecord).toMatchObject([
    {
      version: 1,
      cause: { eventIds: [eventId] },
      deliveries: [{ status: 'delivered', attempts: [{ status: 204 }] }],
    },
  ]);
  const events = traced.lines.map(({ event }) => event);
  expect(events).toEqual(
    expect.arrayContaining(['record.hydrated', 'version.fanned-out', 'delivery.attempted']),
  );
  const [version] = ofRecord;
  for (const other of [
    version?.messageId ?? '',
    version?.deliveries[0]?.id ?? '',
    id,
    version?.record ?? '',
  ]) {
    const again = foundIn(await deployed.pcr('trace', other, '--json'));
    expect(again.versions).toMatchObject([{ record: version?.record, version: 1 }]);
    expect(again.lines.map(({ event }) => event)).toEqual(expect.arrayContaining(['delivery.attempted']));
  }
});

test('pcr trace prints what it found as text', async () => {
  const { code, out } = await deployed.pcr('trace', id, '1');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`Record: +AWS/opportunity/${id}\\nVersion: +1, opportunity\\.created`));
  expect(out).toMatch(/DELIVERY +ENDPOINT +STATUS +ATTEMPTS +LAST/);
  expect(out).toMatch(/LOGGED +FUNCTION +EVENT +WITH/);
  expect(out).not.toContain('whsec_');
});

test('pcr trace reads the table if no log line names the record of an event', async () => {
  const later = await deployed.pcr('trace', eventIds[0] ?? '', '--since', '0s', '--json');
  expect(later.err).toContain('reading the whole table Records');
  expect(v.parse(found, JSON.parse(later.out)).versions.map(({ record }) => record)).toContain(
    `AWS/opportunity/${id}`,
  );
});

test('pcr trace says that an event is parked, and where', async () => {
  const { queues } = deployed.stage;
  const eventId = '0a1b2c3d-0000-4000-8000-00000000dead';
  await accessStage(deployed.stage).sqs.send(
    new SendMessageCommand({
      QueueUrl: queues.get('Hydration/Opportunities/Parked').url,
      MessageBody: JSON.stringify({ id: eventId }),
      MessageAttributes: { code: { DataType: 'String', StringValue: 'event.malformed' } },
    }),
  );
  const { code, out, err } = await deployed.pcr('trace', eventId);
  expect(code).toBe(1);
  expect(out).toMatch(/opportunity +\S+ +event\.malformed/);
  expect(err).toContain(`No version: ${eventId} is parked in opportunity, because of event.malformed.`);
});

test('pcr trace says where an event that is nowhere may be', async () => {
  const { code, err } = await deployed.pcr('trace', '0a1b2c3d-0000-4000-8000-000000000000');
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing is stored or logged about 0a1b2c3d'),
  });
  const record = await deployed.pcr('trace', 'O9999999');
  expect(record).toMatchObject({ code: 1, err: expect.stringContaining('O9999999 is not stored') });
});

test.each([
  [['trace'], "missing required argument 'id'"],
  [['trace', 'x'], 'id x: allowed: the id of an event'],
  [['trace', 'dlv_1'], 'id dlv_1: allowed: '],
  [['trace', 'O1234567', '0'], 'Allowed: a whole number from 1'],
  [['trace', `dlv_${'0'.repeat(32)}`, '1'], 'version 1: allowed with a record only'],
  [['trace', 'O1234567', '--since', 'yesterday'], 'Allowed: a time such as'],
])('pcr %j exits with 2 and says what is allowed', async (args, said) => {
  const { code, out, err } = await deployed.pcr(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(said);
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringifyJson } from '../../../../lambdas/core/json-text.ts';
import { createEventBus } from '../../../../local/host/eventbridge/event-bus.ts';
import { EventBuses } from '../../../../local/host/eventbridge/event-buses.ts';
import { startStage } from '../../../../local/host/stage.ts';
import { sampleFunction } from '../sample-assembly.ts';
import { writeAssembly } from '../write-assembly.ts';

const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';

/** A function that puts its event on a bus by the deployed adapter. */
const adapter = fileURLToPath(
  new URL('../../../../lambdas/adapters/eventbridge-event-bus.ts', import.meta.url),
);
const put = `
  import { eventBridgeEventBus } from ${JSON.stringify(adapter)};
  const bus = eventBridgeEventBus();
  export const handler = ({ busArn, ...event }) => bus.put(busArn, event, 10_000);
`;

it('a stage keeps the events that a function puts on a bus, in order', async () => {
  const assembly = await writeAssembly({ Put1: sampleFunction('put', 'Put', {}) }, { put });
  const stage = await startStage({
    template: assembly.folder,
    env: {},
    partnerCentralUrl: 'http://127.0.0.1:9',
    onLine: () => undefined,
  });
  try {
    for (const version of [1, 2]) {
      const body = JSON.stringify({ data: { id: 'O1234567', version } });
      const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', parentId: 'b7ad6b7169203331' };
      const answer = await stage.functions
        .get('Put')
        .invoke({ busArn, type: 'opportunity.updated', body, trace });
      expect(answer).toMatchObject({
        outcome: 'delivered',
        status: 200,
        answer: stage.buses.events.at(-1)?.id,
      });
    }
    expect(stage.buses.events).toMatchObject(
      [1, 2].map((version) => ({
        busArn,
        source: 'partner-central-relay',
        detailType: 'opportunity.updated',
        detail: { data: { version } },
      })),
    );
  } finally {
    await stage.stop();
    assembly.remove();
  }
});

/** An entry of this size, as EventBridge counts it. */
function entryOf(bytes: number) {
  const others = `ab{"text":""}`;
  const Detail = JSON.stringify({ text: 'x'.repeat(bytes - others.length) });
  return { EventBusName: busArn, Source: 'a', DetailType: 'b', Detail };
}

const entry = { EventBusName: busArn, Source: 'a', DetailType: 'b', Detail: '{}' };

const useBuses = () => new EventBuses(createEventBus([]));

describe('PutEvents on a custom bus', () => {
  it.each(['"text"', '[1]', 'null', '{'])(
    'refuses the detail %s, which is not a JSON object',
    async (Detail) => {
      const buses = useBuses();
      const answer = await buses.putEvents({ Entries: [{ ...entry, Detail }] });
      expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
      expect(buses.events).toEqual([]);
    },
  );

  it('refuses a request without entries and one with too many like EventBridge', async () => {
    const buses = useBuses();
    await expect(buses.putEvents({ Entries: [] })).rejects.toThrow();
    const tooMany = Array.from({ length: 11 }, () => entry);
    await expect(buses.putEvents({ Entries: tooMany })).rejects.toThrow();
    expect(buses.events).toEqual([]);
  });

  it('takes entries of less than 256 KB in all', async () => {
    const buses = useBuses();
    await expect(buses.putEvents({ Entries: [entryOf(256 * 1_024)] })).rejects.toThrow('size');
    await expect(buses.putEvents({ Entries: [entryOf(200_000), entryOf(70_000)] })).rejects.toThrow('size');
    expect(await buses.putEvents({ Entries: [entryOf(256 * 1_024 - 1)] })).toMatchObject({
      FailedEntryCount: 0,
    });
  });
});

describe('PutEvents on the default bus', () => {
  const ofPartner = {
    Source: 'aws.partnercentral-selling',
    DetailType: 'Opportunity Updated',
    Detail: '{"catalog":"AWS","amount":12345678901234567890}',
  };
  const take = async (given: object) => {
    const taken: string[] = [];
    const buses = new EventBuses({
      async put(event) {
        taken.push(stringifyJson(event));
        return [];
      },
    });
    const answer = await buses.putEvents({ Entries: [{ ...ofPartner, ...given }] });
    expect(buses.events).toEqual([]);
    return { answer, taken };
  };

  it.each([
    ['no name', {}],
    ['its name', { EventBusName: 'default' }],
    ['its ARN', { EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/default' }],
  ])('goes through the rules with %s, in the envelope of EventBridge', async (_, name) => {
    const { answer, taken } = await take({ ...name, Resources: ['arn:a'], Time: 1_772_359_200 });
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    const [body = ''] = taken;
    expect(JSON.parse(body)).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Opportunity Updated',
      source: 'aws.partnercentral-selling',
      account: '000000000000',
      time: '2026-03-01T10:00:00Z',
      region: 'us-east-1',
      resources: ['arn:a'],
      detail: { catalog: 'AWS', amount: expect.any(Number) },
    });
    expect(body).toContain('12345678901234567890');
  });

  it.each([
    ['Source', { Source: undefined }],
    ['DetailType', { DetailType: '' }],
    ['Detail', { Detail: undefined }],
  ])('refuses an entry without %s, and only that entry', async (name, given) => {
    const { answer, taken } = await take(given);
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    expect(answer).toEqual({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'InvalidArgument', ErrorMessage }],
    });
    expect(taken).toEqual([]);
  });

  it('refuses the source of another service of AWS', async () => {
    const { answer, taken } = await take({ Source: 'aws.ec2' });
    expect(answer).toMatchObject({ Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }] });
    expect(taken).toEqual([]);
  });
});

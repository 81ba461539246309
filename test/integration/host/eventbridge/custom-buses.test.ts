import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CustomBuses } from '../../../../local/host/eventbridge/custom-buses.ts';
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

describe('CustomBuses', () => {
  it.each(['"text"', '[1]', 'null', '{'])('refuses the detail %s, which is not a JSON object', (Detail) => {
    const buses = new CustomBuses();
    const answer = buses.putEvents({
      Entries: [{ EventBusName: busArn, Source: 'a', DetailType: 'b', Detail }],
    });
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
    expect(buses.events).toEqual([]);
  });

  it('refuses malformed requests like EventBridge', () => {
    const entry = { EventBusName: busArn, Source: 'a', DetailType: 'b', Detail: '{}' };
    const buses = new CustomBuses();
    expect(() => buses.putEvents({ Entries: [] })).toThrow();
    expect(() => buses.putEvents({ Entries: Array.from({ length: 11 }, () => entry) })).toThrow();
    expect(() => buses.putEvents({ Entries: [{ ...entry, DetailType: '' }] })).toThrow();
    expect(buses.events).toEqual([]);
  });

  it('takes entries of less than 256 KB in all', () => {
    const buses = new CustomBuses();
    expect(() => buses.putEvents({ Entries: [entryOf(256 * 1_024)] })).toThrow('size');
    expect(() => buses.putEvents({ Entries: [entryOf(200_000), entryOf(70_000)] })).toThrow('size');
    expect(buses.putEvents({ Entries: [entryOf(256 * 1_024 - 1)] })).toMatchObject({ FailedEntryCount: 0 });
  });
});

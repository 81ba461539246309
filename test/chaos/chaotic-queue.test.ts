import type { Message } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChaoticQueue } from '../../local/chaos/chaotic-queue.ts';
import type { QueueAccess } from '../../local/host/queues/queue-access.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';

let held: Message[];
let removed: string[];
let retriedAfter: number[];
let isOn: boolean;
let doubled: number;

/** A queue that gives out what it holds, once. */
const inner: QueueAccess = {
  receive: async (atMost) => held.splice(0, atMost),
  remove: async (messages) => void removed.push(...messages.map(({ MessageId = '' }) => MessageId)),
  retryAfter: async (_, seconds) => void retriedAfter.push(seconds),
  send: async ({ body }) => void held.push(message(`sent-${held.length}`, body)),
  purge: async () => void held.splice(0),
  isEmpty: async () => held.length === 0,
};

function message(MessageId: string, Body = JSON.stringify({ id: `event of ${MessageId}` })): Message {
  return { MessageId, Body, ReceiptHandle: MessageId };
}

function queue(shares: { doubledShare: number; heldShare: number }): ChaoticQueue {
  return new ChaoticQueue(inner, {
    ...shares,
    longestHoldMs: 600,
    random: seededRandom(7),
    isOn: () => isOn,
    onDoubled: () => {
      doubled += 1;
    },
    retrySeconds: 0.4,
  });
}

const idsOf = (messages: readonly Message[]) =>
  messages.map(({ MessageId = '' }) => MessageId).toSorted((a, b) => a.localeCompare(b));

beforeEach(() => {
  held = ['m1', 'm2', 'm3'].map((id) => message(id));
  removed = [];
  retriedAfter = [];
  isOn = true;
  doubled = 0;
});

describe('a chaotic queue', () => {
  it('gives out a message twice, the second time at the latest when the mischief is over', async () => {
    const chaotic = queue({ doubledShare: 1, heldShare: 0 });
    expect(idsOf(await chaotic.receive(10))).toEqual(['m1', 'm2', 'm3']);
    expect(doubled).toBe(3);
    expect(await chaotic.isEmpty()).toBe(false);
    isOn = false;
    expect(idsOf(await chaotic.receive(10))).toEqual(['m1', 'm2', 'm3']);
    expect(await chaotic.isEmpty()).toBe(true);
  });

  it('holds messages back, and gives each out once', async () => {
    const chaotic = queue({ doubledShare: 0, heldShare: 1 });
    expect(await chaotic.receive(10)).toEqual([]);
    isOn = false;
    expect(idsOf(await chaotic.receive(2))).toHaveLength(2);
    expect(idsOf(await chaotic.receive(2))).toHaveLength(1);
    expect(await chaotic.receive(2)).toEqual([]);
  });

  it('gives out no more than it is asked for', async () => {
    const chaotic = queue({ doubledShare: 1, heldShare: 0 });
    await chaotic.receive(2);
    isOn = false;
    expect(idsOf(await chaotic.receive(2))).toEqual(['m1', 'm2']);
    expect(idsOf(await chaotic.receive(2))).toEqual(['m3']);
  });

  it('tells which events a purge would lose: sent, and not yet done as often as that', async () => {
    held = [];
    const chaotic = queue({ doubledShare: 1, heldShare: 0 });
    await chaotic.send({ body: '{"id":"a"}' });
    await chaotic.send({ body: '{"id":"b"}' });
    const received = await chaotic.receive(10);
    chaotic.noteSent('b');
    await chaotic.remove(received);
    expect(chaotic.openEventIds()).toEqual(['b']);
    await chaotic.remove(received);
    expect(chaotic.openEventIds()).toEqual(['b']);
  });

  it('loses everything where it is purged, doubles too', async () => {
    const chaotic = queue({ doubledShare: 1, heldShare: 0 });
    await chaotic.receive(2);
    await chaotic.purge();
    isOn = false;
    expect([await chaotic.isEmpty(), await chaotic.receive(10)]).toEqual([true, []]);
  });

  it('has a message that failed come again soon', async () => {
    await queue({ doubledShare: 0, heldShare: 0 }).retryAfter([message('m1')]);
    expect(retriedAfter).toEqual([0.4]);
  });
});

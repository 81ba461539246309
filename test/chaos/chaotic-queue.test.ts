import type { Message } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChaoticQueue } from '../../local/chaos/chaotic-queue.ts';
import type { QueueAccess } from '../../local/host/queues/queue-access.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';

let queued: Message[];
let removed: string[];
let retriedAfter: number[];
let isOn: boolean;
let duplicates: number;

/** A queue that delivers each message once. */
const inner: QueueAccess = {
  receive: async (atMost) => queued.splice(0, atMost),
  remove: async (messages) => void removed.push(...messages.map(({ MessageId = '' }) => MessageId)),
  retryAfter: async (_, seconds) => void retriedAfter.push(seconds),
  send: async ({ body }) => void queued.push(message(`sent-${queued.length}`, body)),
  purge: async () => void queued.splice(0),
  isEmpty: async () => queued.length === 0,
};

function message(MessageId: string, Body = JSON.stringify({ id: `event of ${MessageId}` })): Message {
  return { MessageId, Body, ReceiptHandle: MessageId };
}

function queue(shares: { duplicateShare: number; delayedShare: number }): ChaoticQueue {
  return new ChaoticQueue(inner, {
    ...shares,
    maxDelayMs: 600,
    random: seededRandom(7),
    isOn: () => isOn,
    onDuplicate: () => {
      duplicates += 1;
    },
    retrySeconds: 0.4,
  });
}

const idsOf = (messages: readonly Message[]) =>
  messages.map(({ MessageId = '' }) => MessageId).toSorted((a, b) => a.localeCompare(b));

beforeEach(() => {
  queued = ['m1', 'm2', 'm3'].map((id) => message(id));
  removed = [];
  retriedAfter = [];
  isOn = true;
  duplicates = 0;
});

describe('ChaoticQueue', () => {
  it('delivers a message twice, at the latest when the faults are off', async () => {
    const chaotic = queue({ duplicateShare: 1, delayedShare: 0 });
    expect(idsOf(await chaotic.receive(10))).toEqual(['m1', 'm2', 'm3']);
    expect(duplicates).toBe(3);
    expect(await chaotic.isEmpty()).toBe(false);
    isOn = false;
    expect(idsOf(await chaotic.receive(10))).toEqual(['m1', 'm2', 'm3']);
    expect(await chaotic.isEmpty()).toBe(true);
  });

  it('delays messages and delivers each once', async () => {
    const chaotic = queue({ duplicateShare: 0, delayedShare: 1 });
    expect(await chaotic.receive(10)).toEqual([]);
    isOn = false;
    expect(idsOf(await chaotic.receive(2))).toHaveLength(2);
    expect(idsOf(await chaotic.receive(2))).toHaveLength(1);
    expect(await chaotic.receive(2)).toEqual([]);
  });

  it('delivers no more messages than requested', async () => {
    const chaotic = queue({ duplicateShare: 1, delayedShare: 0 });
    await chaotic.receive(2);
    isOn = false;
    expect(idsOf(await chaotic.receive(2))).toEqual(['m1', 'm2']);
    expect(idsOf(await chaotic.receive(2))).toEqual(['m3']);
  });

  it('lists the events that a purge would lose: those sent more often than removed', async () => {
    queued = [];
    const chaotic = queue({ duplicateShare: 1, delayedShare: 0 });
    await chaotic.send({ body: '{"id":"a"}' });
    await chaotic.send({ body: '{"id":"b"}' });
    const received = await chaotic.receive(10);
    chaotic.noteSent('b');
    await chaotic.remove(received);
    expect(chaotic.openEventIds()).toEqual(['b']);
    await chaotic.remove(received);
    expect(chaotic.openEventIds()).toEqual(['b']);
  });

  it('loses every message when it is purged, also the duplicates', async () => {
    const chaotic = queue({ duplicateShare: 1, delayedShare: 0 });
    await chaotic.receive(2);
    await chaotic.purge();
    isOn = false;
    expect([await chaotic.isEmpty(), await chaotic.receive(10)]).toEqual([true, []]);
  });

  it('redelivers a failed message soon', async () => {
    await queue({ duplicateShare: 0, delayedShare: 0 }).retryAfter([message('m1')]);
    expect(retriedAfter).toEqual([0.4]);
  });
});

import type { SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ParkedMessage, receivedTooOften } from '../../local/observation.ts';
import type { Invocation, InvocationAnswer } from '../../local/simulation/lambda-function.ts';
import { failedIdsIn, Queue, type QueueSettings } from '../../local/simulation/queue.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

const settings: QueueSettings = {
  name: 'deliver',
  deliveryDelayMs: 0,
  visibilityTimeoutMs: 60_000,
  batchSize: 10,
  batchingWindowMs: 0,
  maxConcurrency: 5,
};
const processed: InvocationAnswer = { outcome: 'answered', value: { batchItemFailures: [] } };

let world: SmallWorld;
let queue: Queue;
/** Invocations so far. They last until a test ends them. */
let invocations: Invocation<SQSEvent>[];
let parked: ParkedMessage[];
let sent: string[];

function start(strikes: Strikes = {}, given: Partial<QueueSettings> = {}): void {
  world = smallWorld(strikes, 0.5);
  invocations = [];
  parked = [];
  sent = [];
  queue = new Queue(
    { ...settings, ...given },
    {
      ...world,
      onSent: (name, body) => void sent.push(`${name} ${body}`),
      onParked: (message) => void parked.push(message),
    },
  );
  queue.connect({ invoke: (invocation) => void invocations.push(invocation) });
}

/** From now on each invocation ends at once with this answer. */
function answerWith(answer: InvocationAnswer): void {
  queue.connect({
    invoke: (invocation) => {
      invocations.push(invocation);
      invocation.onEnd(answer);
    },
  });
}

/** Bodies of the messages of each invocation. */
const batches = () => invocations.map(({ event }) => event.Records.map(({ body }) => body));
const firstRecord = (index: number) => invocations[index]?.event.Records[0];
const receiveCounts = () =>
  invocations.map(({ event }) => event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount));

beforeEach(() => start());

describe('Queue', () => {
  it('delivers a message once and deletes it when it is processed', async () => {
    answerWith(processed);
    queue.send('a');
    await runUntil(world, 600_000);
    expect([batches(), queue.depth, queue.nextAtMs, parked]).toEqual([[['a']], 0, Infinity, []]);
  });

  it('notifies of the body of each message that is sent or parked', () => {
    queue.send('a');
    queue.park('b', { code: 'event.malformed', reason: 'no id' });
    queue.park('c', { code: 'event.unhandled', reason: 'no kind' }, 'Kept');
    expect([sent, parked]).toEqual([
      ['deliver a', 'deliver/Parked b no id', 'deliver/Kept c no kind'],
      [
        { queueId: 'deliver/Parked', body: 'b', code: 'event.malformed', reason: 'no id' },
        { queueId: 'deliver/Kept', body: 'c', code: 'event.unhandled', reason: 'no kind' },
      ],
    ]);
  });

  it('delays each message by the delay of the queue', async () => {
    start({}, { deliveryDelayMs: 6_000 });
    queue.send('a');
    await runUntil(world, 5_999);
    expect(batches()).toEqual([]);
    await runUntil(world, 6_100);
    expect(batches()).toEqual([['a']]);
  });

  it('delays a message by its own delay instead, in whole seconds as SQS counts', async () => {
    start({}, { deliveryDelayMs: 6_000 });
    queue.send('now', 0);
    queue.send('later', 1_001);
    await runUntil(world, 1_999);
    expect(batches()).toEqual([['now']]);
    await runUntil(world, 2_100);
    expect(batches()).toEqual([['now'], ['later']]);
  });

  it('hides a message from others for the visibility timeout', async () => {
    queue.send('a');
    await runUntil(world, 60_000);
    expect([batches(), queue.depth]).toEqual([[['a']], 1]);
    await runUntil(world, 60_100);
    expect([batches(), receiveCounts()]).toEqual([
      [['a'], ['a']],
      [['1'], ['2']],
    ]);
  });

  it('delivers a message again after the visibility timeout if its invocation fails', async () => {
    answerWith({ outcome: 'failed' });
    queue.send('a');
    await runUntil(world, 60_100);
    expect([batches(), receiveCounts()]).toEqual([
      [['a'], ['a']],
      [['1'], ['2']],
    ]);
  });

  it('deletes the messages of a batch except those that the answer names as failed', async () => {
    queue.send('a');
    queue.send('b');
    await runUntil(world, 100);
    const [a] = invocations[0]?.event.Records.filter(({ body }) => body === 'a') ?? [];
    const value = { batchItemFailures: [{ itemIdentifier: a?.messageId }] };
    invocations[0]?.onEnd({ outcome: 'answered', value });
    expect(queue.depth).toBe(1);
    await runUntil(world, 70_000);
    expect(batches()).toEqual([
      expect.toSatisfy((batch: string[]) => batch.toSorted().join() === 'a,b'),
      ['a'],
    ]);
  });

  it('parks a message that was received five times without success', async () => {
    answerWith({ outcome: 'failed' });
    queue.send('a');
    await runUntil(world, 3_600_000);
    expect(receiveCounts().flat()).toEqual(['1', '2', '3', '4', '5']);
    expect([queue.depth, parked]).toEqual([
      0,
      [{ queueId: 'deliver/Parked', body: 'a', code: receivedTooOften, reason: undefined }],
    ]);
  });

  it('does not count an invocation that is throttled', async () => {
    queue.connect({
      invoke: (invocation) => {
        invocations.push(invocation);
        invocation.onThrottled();
      },
    });
    queue.send('a');
    await runUntil(world, 60_000);
    expect(invocations.length).toBeGreaterThan(5);
    expect([new Set(receiveCounts().flat()), parked, queue.depth]).toEqual([new Set(['1']), [], 1]);
  });

  it('delivers at most a batch to one invocation', async () => {
    start({}, { batchSize: 2 });
    for (const body of ['a', 'b', 'c', 'd', 'e']) queue.send(body);
    await runUntil(world, 1_000);
    expect(batches().map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(batches().flat().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('has at most the given number of invocations at the same time', async () => {
    start({}, { batchSize: 1, maxConcurrency: 2 });
    for (const body of ['a', 'b', 'c']) queue.send(body);
    await runUntil(world, 1_000);
    queue.send('d');
    await runUntil(world, 2_000);
    expect(invocations).toHaveLength(2);
    for (const running of invocations) running.onEnd(processed);
    await runUntil(world, 3_000);
    expect(batches().flat().toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('delivers messages in any order', async () => {
    for (const body of ['a', 'b', 'c']) queue.send(body);
    await runUntil(world, 1_000);
    expect(batches()).toEqual([['b', 'c', 'a']]);
  });

  it('carries how often a message was sent again', async () => {
    queue.send('a', 0, 3);
    await runUntil(world, 100);
    queue.send('b', 0);
    await runUntil(world, 200);
    expect([firstRecord(0)?.messageAttributes, firstRecord(1)?.messageAttributes]).toEqual([
      { timesSentAgain: { dataType: 'Number', stringValue: '3' } },
      {},
    ]);
  });

  it('tells when the next message is visible', () => {
    expect(queue.nextAtMs).toBe(Infinity);
    queue.send('a', 5_000);
    queue.send('b', 2_000);
    expect([queue.nextAtMs, queue.depth]).toEqual([2_000, 2]);
  });

  it('delivers a message late', async () => {
    start({ 'queue-late': 'always' });
    answerWith(processed);
    queue.send('a');
    await runUntil(world, 60_000);
    expect(batches()).toEqual([]);
    await runUntil(world, 61_000);
    expect(batches()).toEqual([['a']]);
  });

  it.each([
    ['within a minute', 'queue-doubled', 61_000],
    ['days later', 'queue-doubled-late', 3 * 86_400_000],
  ] as const)('delivers a message twice, the second time %s', async (_, kind, ms) => {
    start({ [kind]: 'always' });
    answerWith(processed);
    queue.send('a');
    await runUntil(world, 1_000);
    expect(batches()).toEqual([['a']]);
    await runUntil(world, ms);
    expect([batches(), queue.depth]).toEqual([[['a'], ['a']], 0]);
  });

  it('delivers a message again if its deletion was lost', async () => {
    start({ 'queue-delete-lost': [true] });
    answerWith(processed);
    queue.send('a');
    await runUntil(world, 60_100);
    expect([batches(), queue.depth]).toEqual([[['a'], ['a']], 0]);
  });

  it('loses all messages when it is purged, also those that a worker has', async () => {
    queue.send('with a worker');
    await runUntil(world, 100);
    queue.send('delayed', 5_000);
    queue.send('waits', 0);
    expect([queue.purge().toSorted(), queue.depth]).toEqual([['delayed', 'waits', 'with a worker'], 0]);
    await runUntil(world, 61_000);
    expect(batches()).toEqual([['with a worker']]);
  });

  it('loses a message that waits after a failure when it is purged', async () => {
    answerWith({ outcome: 'failed' });
    queue.send('a');
    await runUntil(world, 100);
    expect(queue.purge()).toEqual(['a']);
    await runUntil(world, 100_000);
    expect(batches()).toEqual([['a']]);
  });
});

describe('failedIdsIn', () => {
  it('reads the ids that a batch answer names as failed', () => {
    const value = { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }] };
    expect(failedIdsIn(value)).toEqual(new Set(['a', 'b']));
  });

  it.each([[undefined], [{}], ['text'], [{ batchItemFailures: 1 }]])(
    'takes the answer %j for one without failures, as Lambda does',
    (answer) => {
      expect(failedIdsIn(answer)).toEqual(new Set());
    },
  );
});

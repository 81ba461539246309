import { expect, test } from 'vitest';
import { toReplay } from '../../../bin/pcr/replay/replay.ts';
import { sendAgain } from '../../../bin/pcr/replay/send-again.ts';
import { type ReplayedMessage, toSteps } from '../../../bin/pcr/replay/steps.ts';
import type { DeliveryLog } from '../../../bin/pcr/stores/delivery-log.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { messageIdFor, opportunityKey } from '../../builders/versions.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';

const startMs = Date.parse('2026-03-01T10:00:00Z');

/** Versions of one record, so that they are moved one after another. */
function messages(count: number): readonly ReplayedMessage[] {
  const refs = Array.from({ length: count }, (_, index) => ({ ...opportunityKey, version: index + 1 }));
  return refs.map((ref) => ({ ref, messageId: messageIdFor(ref) }));
}

function sending(
  ratePerSecond: number,
  count: number,
  isAlready: (version: number) => boolean = () => false,
) {
  const time = virtualTime(startMs);
  const interruption = new AbortController();
  const moved: { readonly version: number; readonly dueMs: number; readonly writtenMs: number }[] = [];
  const signalled: { readonly ids: number; readonly dueMs: number }[] = [];
  const replay: DeliveryLog['replay'] = async ({ version: { version } }, dueAt) => {
    if (isAlready(version)) return 'already';
    moved.push({ version, dueMs: epochMsOf(dueAt) - startMs, writtenMs: time.nowMs() - startMs });
    return 'moved';
  };
  const selection = {
    endpointId: 'ep_orders',
    failed: false,
    until: '2026-03-01T10:00:00.000Z',
    types: [],
  } as const;
  const sent = sendAgain(
    toReplay(selection, ratePerSecond, '2026-03-01T10:00:00.000Z'),
    toSteps(messages(count), endpoint()),
    {
      deliveries: { replay },
      records: { awaitsFanOut: async () => false, messageIds: async () => undefined },
      doorbell: {
        ring: async (ids, delayMs = 0) =>
          void signalled.push({ ids: ids.length, dueMs: time.nowMs() - startMs + delayMs }),
      },
      clock: time.clock(),
      interrupted: interruption.signal,
      advance: () => undefined,
    },
  );
  return { time, interruption, moved, signalled, sent };
}

test.each([0.01, 0.5, 3, 10, 1_000])(
  'spaces messages at %d per second, and makes them pending shortly before',
  async (rate) => {
    const { time, moved, signalled, sent } = sending(rate, 120);
    await time.run(120_000 / rate + 60_000);
    expect(await sent).toEqual({ moved: 120, already: 0, left: 0 });
    expect(moved.map(({ version }) => version)).toEqual(messages(120).map(({ ref }) => ref.version));
    for (const [index, { dueMs, writtenMs }] of moved.entries()) {
      const before = moved[index - 1];
      if (before) expect(dueMs - before.dueMs).toBeGreaterThanOrEqual(Math.floor(1_000 / rate) - 1);
      expect(dueMs).toBeGreaterThan(writtenMs);
      // An interruption stops deliveries that are due later than this. SQS delays by up to 15
      // minutes.
      expect(dueMs - writtenMs).toBeLessThanOrEqual(121_000);
    }
    expect(signalled.reduce((sum, { ids }) => sum + ids, 0)).toBe(120);
    expect(moved.at(-1)?.dueMs).toBeLessThan(120_000 / rate + 10_000);
  },
);

test('sendAgain stops while waiting if interrupted, and reports how many are left', async () => {
  const { time, interruption, moved, sent } = sending(1, 200);
  await time.run(10_000);
  interruption.abort();
  await time.run(1_000);
  const { left } = await sent;
  expect(left).toBe(200 - moved.length);
  expect(moved.length).toBeLessThan(30);
});

test('sendAgain spends no time of the rate on deliveries that are already pending', async () => {
  const { time, moved, sent } = sending(1, 50, (version) => version <= 40);
  await time.run(120_000);
  expect(await sent).toEqual({ moved: 10, already: 40, left: 0 });
  expect(moved.at(-1)?.dueMs).toBeLessThan(30_000);
});

test('sendAgain writes a row before it rings the doorbell, and the row is due when the doorbell message arrives', async () => {
  const { time, moved, signalled, sent } = sending(2, 10);
  await time.run(60_000);
  await sent;
  expect(signalled.map(({ dueMs }) => dueMs)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000]);
  expect(moved.map(({ dueMs }) => dueMs)).toEqual([
    1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500, 5_000, 5_500,
  ]);
});

test('sendAgain moves the versions in between first at an endpoint with ordering, except those that fan-out has still to add', async () => {
  const moved: string[] = [];
  const ringed: number[] = [];
  const selection = {
    endpointId: 'ep_orders',
    failed: false,
    until: '2026-03-01T10:00:00.000Z',
    types: [],
  } as const;
  const time = virtualTime(startMs);
  const chosen = messages(6).filter(({ ref }) => ref.version === 2 || ref.version === 6);
  const sent = sendAgain(
    toReplay(selection, 10, '2026-03-01T10:00:00.000Z'),
    toSteps(chosen, endpoint({ ordering: 'per-record' })),
    {
      deliveries: {
        replay: async ({ version: { version }, wanted }) => {
          moved.push(`${version} ${wanted}`);
          return version === 4 ? 'already' : 'moved';
        },
      },
      records: {
        awaitsFanOut: async ({ version }) => version === 5,
        messageIds: async (ref) => ({ messageId: messageIdFor(ref) }),
      },
      doorbell: { ring: async (ids) => void ringed.push(ids.length) },
      clock: time.clock(),
      interrupted: new AbortController().signal,
      advance: () => undefined,
    },
  );
  await time.run(10_000);
  expect(await sent).toEqual({ moved: 2, already: 0, left: 0 });
  expect(moved).toEqual(['2 true', '3 false', '4 false', '6 true']);
  expect(ringed.reduce((sum, ids) => sum + ids, 0)).toBe(3);
});

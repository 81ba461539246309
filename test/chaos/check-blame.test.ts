import { describe, expect, it } from 'vitest';
import { checkBlame } from '../../local/chaos/check-blame.ts';
import type { SendingEntry } from '../../local/chaos/sending-log.ts';
import { evidence } from './evidence-builder.ts';

const startMs = Date.parse('2026-03-01T10:00:00.000Z');

function entry(kind: SendingEntry['kind'], of: Partial<SendingEntry> = {}): SendingEntry {
  return {
    atMs: startMs,
    kind,
    endpointId: 'ep_strict',
    deliveryId: 'dlv_1',
    attempt: undefined,
    outcome: undefined,
    status: undefined,
    reason: undefined,
    failuresInARow: undefined,
    ...of,
  };
}

const attempted = (attempt: number, outcome: string, of: Partial<SendingEntry> = {}): SendingEntry =>
  entry('attempted', { attempt, outcome, ...of });

interface Found {
  readonly entries: readonly SendingEntry[];
  readonly endedAtMs?: readonly number[];
  readonly disturbed?: number;
}
const found = ({ entries, endedAtMs = [], disturbed = 0 }: Found): string[] =>
  checkBlame(
    evidence({
      subscriptions: [{ id: 'ep_strict', topics: ['*'], catalogs: [], isNeverDown: true }],
      sending: { entries: [...entries], endedAtMs: [...endedAtMs] },
      disturbedDeliveries: new Map([['dlv_1', disturbed]]),
    }),
  ).map(({ promise, what }) => `${promise}: ${what}`);

describe('promise 12: a fault is charged to the party that made it', () => {
  it.each([400, 409, 413, 415, 422, 429, 503])('accepts that an endpoint that is up answers %i', (status) => {
    expect(found({ entries: [attempted(1, 'refused', { status })] })).toEqual([]);
  });

  it('finds an endpoint that is charged with a reset although it is up', () => {
    expect(found({ entries: [attempted(1, 'unreachable', { reason: 'ECONNRESET' })] })).toEqual([
      '12: ep_strict was charged with unreachable ECONNRESET, although it was up',
    ]);
  });

  it('finds a circuit breaker that opened after refusals of messages', () => {
    const refusals = [1, 2, 3, 4, 5].map(() =>
      attempted(1, 'refused', { status: 422, deliveryId: undefined }),
    );
    expect(found({ entries: [...refusals, entry('breaker-opened', { failuresInARow: 5 })] })).toEqual([
      '12: the circuit breaker of ep_strict opened after 5 failures, but only 0 attempts failed',
    ]);
  });

  it('accepts a circuit breaker that opened after failures of the endpoint', () => {
    const endpointId = 'ep_all';
    const failures = [1, 2, 3, 4, 5].map((attempt) =>
      attempted(attempt, 'refused', { status: 500, endpointId }),
    );
    expect(
      found({ entries: [...failures, entry('breaker-opened', { failuresInARow: 5, endpointId })] }),
    ).toEqual([]);
  });

  it('finds an attempt that a fault of this stack has spent', () => {
    expect(
      found({ entries: [entry('blocked'), attempted(2, 'delivered', { atMs: startMs + 5_000 })] }),
    ).toEqual(['12: dlv_1 lost 1 attempts between its attempts 0 and 2, while this stack could not send']);
  });

  it('accepts a fault of this stack that spent no attempt', () => {
    expect(found({ entries: [entry('blocked'), attempted(1, 'delivered')] })).toEqual([]);
  });

  it('accepts a missing attempt if a worker ended or a call about the delivery failed', () => {
    const entries = [entry('blocked'), attempted(2, 'delivered')];
    expect(found({ entries, endedAtMs: [startMs] })).toEqual([]);
    expect(found({ entries, disturbed: 1 })).toEqual([]);
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  inSendingOrder,
  isSelected,
  type ReplaySelection,
  type StoredVersion,
} from '../../../bin/pcr/replay/selection.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { messageIdFor } from '../../builders/versions.ts';

function stored(
  of: { readonly id?: string; readonly version?: number; readonly minute?: number } = {},
): StoredVersion {
  const { id = 'O1', version = 1, minute = 0 } = of;
  const ref = { catalog: 'AWS', kind: 'opportunity', id, version } as const;
  return {
    ref,
    messageId: messageIdFor(ref),
    catalog: 'AWS',
    type: 'opportunity.updated',
    topics: ['opportunity.updated', 'opportunity.stage_changed'],
    learntAt: instantOf(Date.parse('2026-03-01T10:00:00Z') + minute * 60_000),
  };
}

describe('inSendingOrder', () => {
  test('sorts versions by the time they were stored', () => {
    const [first, second, third] = [
      stored({ id: 'O2' }),
      stored({ id: 'O1', minute: 1 }),
      stored({ id: 'O3', minute: 2 }),
    ];
    expect(inSendingOrder([third, first, second])).toEqual([first, second, third]);
  });

  test('keeps the versions of a record in order, whatever their timestamps', () => {
    const version = fc.record({
      id: fc.constantFrom('O1', 'O2', 'O3'),
      minute: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(version, { maxLength: 20 }), (given) => {
        const versions = given.map((each, index) => stored({ ...each, version: given.length - index }));
        const ordered = inSendingOrder(versions);
        expect(ordered.toSorted(byVersion)).toEqual(versions.toSorted(byVersion));
        for (const id of ['O1', 'O2', 'O3']) {
          const numbers = ordered.filter(({ ref }) => ref.id === id).map(({ ref }) => ref.version);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 100 },
    );
  });
});

function byVersion(a: StoredVersion, b: StoredVersion): number {
  return a.ref.version - b.ref.version;
}

describe('a selection', () => {
  const selection: ReplaySelection = {
    endpointId: 'ep_orders',
    failed: false,
    until: '2026-03-01T10:05:00.000Z',
    types: [],
  };
  test.each([
    [{}, true],
    [{ since: '2026-03-01T10:03:00.000Z' }, true],
    [{ since: '2026-03-01T10:03:00.001Z' }, false],
    [{ until: '2026-03-01T10:02:59.999Z' }, false],
    [{ record: { catalog: 'AWS', kind: 'opportunity', id: 'O1' } }, true],
    [{ record: { catalog: 'Sandbox', kind: 'opportunity', id: 'O1' } }, false],
    [{ types: ['engagement.*', 'opportunity.stage_*'] }, true],
    [{ types: ['opportunity.created'] }, false],
  ] as const)('selects a version of 10:03 with %j: %j', (of, taken) => {
    expect(isSelected(stored({ minute: 3 }), { ...selection, ...of })).toBe(taken);
  });
});

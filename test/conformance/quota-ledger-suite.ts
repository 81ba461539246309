import { describe, expect, test } from 'vitest';
import type { QuotaLedgerStore } from '../../lambdas/ports/quota-ledger-store.ts';
import type { QuotaLedger } from '../../lambdas/quota/ledger.ts';

const ledger: QuotaLedger = {
  writer: 'worker-1',
  writtenAt: '2026-03-01T10:00:00.000Z',
  nextFreeAt: '2026-03-01T10:00:01.053Z',
  closedUntil: '2026-03-01T10:00:00.500Z',
  closures: 2,
  hours: { '2026-03-01T09': 812, '2026-03-01T10': 10 },
};
const { closedUntil: _, ...open } = ledger;

export interface EditableLedger {
  readonly store: QuotaLedgerStore;
  /** Edits attributes of the item by hand; `undefined` removes one. */
  readonly edit: (attributes: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** What every QuotaLedgerStore must do. */
export function quotaLedgerSuite(newLedger: () => Promise<EditableLedger>): void {
  test('reads no item before the first write', async () => {
    const { store } = await newLedger();
    expect(await store.read()).toEqual({ item: undefined, revision: 0 });
  });

  test('reads every written attribute under its name', async () => {
    const { store } = await newLedger();
    expect(await store.write(ledger, 0)).toBe('written');
    const item = { pk: 'quota', sk: 'reads', format: 1, revision: 1, ...ledger };
    expect(await store.read()).toEqual({ item, revision: 1 });
  });

  test('replaces the whole ledger', async () => {
    const { store } = await newLedger();
    await store.write(ledger, 0);
    expect(await store.write({ ...open, closedUntil: undefined, hours: {} }, 1)).toBe('written');
    const item = { pk: 'quota', sk: 'reads', format: 1, revision: 2, ...open, hours: {} };
    expect(await store.read()).toEqual({ item, revision: 2 });
  });

  test.each([0, 1, 3])(
    'refuses a write on revision %i if the current one is the second',
    async (revision) => {
      const { store } = await newLedger();
      await store.write(open, 0);
      await store.write(ledger, 1);
      expect(await store.write({ ...open, writer: 'worker-2' }, revision)).toBe('raced');
      expect(await store.read()).toMatchObject({ item: ledger, revision: 2 });
    },
  );

  test.each([0, 1])('accepts one of many concurrent writes on revision %i', async (revision) => {
    const { store } = await newLedger();
    if (revision > 0) await store.write(ledger, 0);
    const writers = ['a', 'b', 'c', 'd', 'e'];
    const outcomes = await Promise.all(writers.map((writer) => store.write({ ...ledger, writer }, revision)));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    const writer = writers[outcomes.indexOf('written')];
    expect(await store.read()).toMatchObject({ item: { writer }, revision: revision + 1 });
  });

  describe('replaceOwn', () => {
    const next = { ...open, nextFreeAt: '2026-03-01T10:00:02.000Z', closures: 0 } as const;

    test.each([
      ['with a closure', ledger],
      ['without a closure', { ...open, closedUntil: undefined }],
    ])('writes over the ledger that this worker wrote last, %s, without a read', async (_of, item) => {
      const { store } = await newLedger();
      await store.write(item, 0);
      expect(await store.replaceOwn(next, { item, revision: 1 })).toBe('written');
      expect(await store.replaceOwn(ledger, { item: next, revision: 2 })).toBe('written');
      const stored = { pk: 'quota', sk: 'reads', format: 1, revision: 3, ...ledger };
      expect(await store.read()).toEqual({ item: stored, revision: 3 });
    });

    test('returns the ledger of another worker that wrote since, and writes nothing', async () => {
      const { store } = await newLedger();
      await store.write(ledger, 0);
      await store.write({ ...open, writer: 'worker-2' }, 1);
      const stored = await store.read();
      expect(await store.replaceOwn(next, { item: ledger, revision: 1 })).toEqual(stored);
      expect(await store.read()).toEqual(stored);
      expect(stored).toMatchObject({ item: { writer: 'worker-2' }, revision: 2 });
    });

    test.each([
      { hours: { '2026-03-01T09': 812, '2026-03-01T10': 11 } },
      { nextFreeAt: '2026-03-01T10:00:09.000Z' },
      { closedUntil: undefined },
      { writer: 7 },
      { revision: 'latest' },
      { revision: 1.5 },
    ])('returns what is stored if %j was edited by hand, whatever the revision says', async (edited) => {
      const { store, edit } = await newLedger();
      await store.write(ledger, 0);
      await edit(edited);
      const stored = await store.read();
      expect(await store.replaceOwn(next, { item: ledger, revision: 1 })).toEqual(stored);
      expect(await store.read()).toEqual(stored);
    });

    test('returns no item if the item was deleted', async () => {
      const { store } = await newLedger();
      const none = { item: undefined, revision: 0 };
      expect(await store.replaceOwn(next, { item: ledger, revision: 1 })).toEqual(none);
      expect(await store.read()).toEqual(none);
    });
  });

  describe('an item that was edited by hand', () => {
    test('is read unchanged', async () => {
      const { store, edit } = await newLedger();
      await store.write(ledger, 0);
      await edit({ nextFreeAt: 12, closures: undefined, hours: { '2026-03-01T10': 1e30, x: [null, true] } });
      const { item, revision } = await store.read();
      expect(revision).toBe(1);
      expect(item).toMatchObject({
        nextFreeAt: 12,
        hours: { '2026-03-01T10': 1e30, x: [null, true] },
        writer: 'worker-1',
      });
      expect(item).not.toHaveProperty('closures');
    });

    test.each([['latest'], [undefined], [null], [0], [-7], [2 ** 53 - 1], [1e30], [{ revision: 1 }]])(
      'replaces an item whose revision is %j, once',
      async (revision) => {
        const { store, edit } = await newLedger();
        await store.write(ledger, 0);
        await edit({ revision });
        expect((await store.read()).revision).toBe(0);
        expect(await store.write(open, 7)).toBe('raced');
        expect(await store.write(open, 0)).toBe('written');
        expect(await store.write(ledger, 0)).toBe('raced');
        expect(await store.read()).toMatchObject({ item: open, revision: 1 });
      },
    );
  });
}

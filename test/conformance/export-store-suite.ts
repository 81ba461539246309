import { expect, test } from 'vitest';
import type { ExportState } from '../../lambdas/core/export-state.ts';
import type { ExportStore } from '../../lambdas/ports/export-store.ts';

const begun: ExportState = {
  table: 'arn:aws:dynamodb:us-east-1:111122223333:table/records',
  bucket: 'exports',
  since: '2026-03-01T10:00:00.000Z',
};
const running: ExportState = {
  ...begun,
  fullAt: '2026-03-01T09:00:00.000Z',
  exportedTo: '2026-03-01T10:00:00.000Z',
  running: { from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T11:00:00.000Z', arn: 'arn' },
  failures: 2,
  failedAt: '2026-03-01T10:30:00.000Z',
  failure: 'S3NoSuchBucket',
};

/** The contract of the port ExportStore. */
export function exportStoreSuite(newStore: () => Promise<ExportStore>): void {
  test('there is no export before the first write', async () => {
    const store = await newStore();
    expect(await store.read()).toEqual({ state: undefined, problems: [], revision: 0 });
  });

  test('a write replaces the whole state', async () => {
    const store = await newStore();
    expect(await store.write(running, 0)).toBe('written');
    expect(await store.read()).toEqual({ state: running, problems: [], revision: 1 });
    expect(await store.write(begun, 1)).toBe('written');
    expect(await store.read()).toEqual({ state: begun, problems: [], revision: 2 });
  });

  test('one of several workers that read the same state of the export writes', async () => {
    const store = await newStore();
    await store.write(begun, 0);
    const outcomes = await Promise.all([1, 1, 1].map((revision) => store.write(running, revision)));
    expect(outcomes.toSorted()).toEqual(['raced', 'raced', 'written']);
    expect(await store.write(begun, 1)).toBe('raced');
    expect(await store.read()).toEqual({ state: running, problems: [], revision: 2 });
  });
}

import { describe, expect, test } from 'vitest';
import type { ErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { intentOf } from '../../lambdas/core/intent.ts';
import { type RecordKey, recordPath, type VersionRef } from '../../lambdas/core/record.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, dueForFanOut } from '../builders/append-version.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { invitationKey, observation, versionOf } from '../builders/versions.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

interface Stores {
  readonly records: RecordStore;
  readonly rows: ErasureRows;
  /** Makes the content of a current item invalid. */
  readonly editCurrent: (key: RecordKey) => Promise<void>;
  /** Makes the content of a version invalid. */
  readonly editContent: (ref: VersionRef) => Promise<void>;
  /** Makes invalid what fan-out reads of a version. */
  readonly editTopics: (ref: VersionRef) => Promise<void>;
}

const key = invitationKey;
const first = versionOf(observation({ key, payload: invitationPayload() }));
const second = versionOf(
  observation({
    key,
    payload: redactPayload(invitationPayload({ status: 'REJECTED' })),
    readAt: '2026-03-01T11:00:00.000Z',
    redacted: true,
  }),
  first,
);
const unreadable = (sk: string) => ({
  code: 'record.unreadable',
  details: { item: `${recordPath(key)} ${sk}`, problems: [expect.any(String)] },
  retry: { kind: 'never' },
});

/**
 * What records are after a hand edit.
 * @param newStores on empty tables
 */
export function editedRecordSuite(newStores: () => Promise<Stores>): void {
  const storesWithOne = async () => {
    const stores = await newStores();
    await appendVersion(stores.records, undefined, first, dueAt);
    return stores;
  };

  describe('an edited current item', () => {
    test('an edited current item is unreadable, and marked once', async () => {
      const { records, editCurrent } = await storesWithOne();
      await editCurrent(key);
      await expect(records.current(key)).rejects.toMatchObject(unreadable('current'));
      expect(await records.setCurrentAside(key, dueAt)).toBe('set-aside');
      expect(await records.setCurrentAside(key, dueAt)).toBe('already');
      expect(await records.version(first)).toMatchObject({ payload: first.payload });
    });

    test('the next version of a worker that has read before replaces it', async () => {
      const { records, editCurrent } = await storesWithOne();
      const before = await records.current(key);
      await editCurrent(key);
      await records.setCurrentAside(key, dueAt);
      expect(await appendVersion(records, before, second, dueAt)).toBe('stored');
      expect(await records.current(key)).toMatchObject({ version: 2 });
      expect(await records.setCurrentAside(key, dueAt)).toBe('set-aside');
    });

    test('a confirmation ends its mark, but does not repair it', async () => {
      const { records, editCurrent } = await storesWithOne();
      await editCurrent(key);
      await records.setCurrentAside(key, dueAt);
      expect(await records.confirm(first, '2026-03-01T10:30:00.000Z')).toBe('confirmed');
      await expect(records.current(key)).rejects.toMatchObject(unreadable('current'));
      expect(await records.setCurrentAside(key, dueAt)).toBe('set-aside');
    });
  });

  describe('an edited version', () => {
    const { sk } = versionItemKey(first);

    test('a version with an edited content can be fanned out, but not sent', async () => {
      const { records, editContent } = await storesWithOne();
      await editContent(first);
      await expect(records.version(first)).rejects.toMatchObject(unreadable(sk));
      expect(await records.announced(first)).toMatchObject({ messageId: first.messageId });
      expect(await records.messageIds(first)).toMatchObject({ messageId: first.messageId });
    });

    test('a version with edited topics is set aside once', async () => {
      const { records, editTopics } = await storesWithOne();
      await editTopics(first);
      await expect(records.announced(first)).rejects.toMatchObject(unreadable(sk));
      await expect(records.version(first)).rejects.toMatchObject(unreadable(sk));
      expect(await records.messageIds(first)).toMatchObject({ messageId: first.messageId });
      const intent = intentOf(first, dueAt);
      expect(await records.setAside(first, dueAt)).toBe('already');
      expect(await records.setAside(intent, dueAt)).toBe('set-aside');
      expect(await records.setAside(intent, dueAt)).toBe('already');
      expect(await dueForFanOut(records, farFuture, 10)).toEqual([]);
    });

    test('a version with an edited content cannot be redacted', async () => {
      const { records, editContent } = await storesWithOne();
      await appendVersion(records, first, second, dueAt);
      await editContent(first);
      await expect(records.redactBefore(second)).rejects.toMatchObject(unreadable(sk));
    });

    test('an erasure replaces a content that cannot be read', async () => {
      const { records, rows, editContent } = await storesWithOne();
      await editContent(first);
      await rows.eraseVersions(key);
      expect(await records.version(first)).toMatchObject({ payload: {}, changes: [], erased: true });
    });
  });
}

import { describe, expect, test } from 'vitest';
import type { DeliveryLog } from '../../bin/pcr/stores/delivery-log.ts';
import type { ErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { VersionRef } from '../../lambdas/core/record.ts';
import { eraseRecord } from '../../lambdas/core/version.ts';
import type { CommandStore } from '../../lambdas/ports/command-store.ts';
import type { DeliveryStore } from '../../lambdas/ports/delivery-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, leaveOutbox } from '../builders/append-version.ts';
import { acceptCommand, lineKey, sampleContent, succeededVersion } from '../builders/commands.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { cause, observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { attemptOf, deliveryOf } from './delivery-store-suite.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:02:00.000Z';
const customer = 'Example Corp';
const other = { ...opportunityKey, id: 'O7654321' };

interface Stores {
  readonly records: RecordStore;
  readonly store: DeliveryStore;
  readonly log: DeliveryLog;
  readonly rows: ErasureRows;
  readonly commands: CommandStore;
}

const first = versionOf(observation({ payload: opportunityPayload({ companyName: customer }) }));
const second = versionOf(
  observation({
    payload: opportunityPayload({ companyName: customer, stage: 'Qualified', nextSteps: 'call Paulo' }),
    readAt: '2026-03-01T10:05:00.000Z',
  }),
  first,
);
const third = eraseRecord(second, cause);
const ofOther = versionOf(observation({ key: other, payload: opportunityPayload({ id: other.id }) }));
const names = (text: string) => (texts: readonly string[]) => texts.some((each) => each.includes(text));
const none = () => false;
const ref = (version: number): VersionRef => ({ ...opportunityKey, version });

/**
 * The promises of the port ErasureRows, beside the stores of the workers.
 * @param newStores on empty tables
 */
export function erasureRowsSuite(newStores: () => Promise<Stores>): void {
  const storesWith = async ({ isErased }: { readonly isErased: boolean }) => {
    const stores = await newStores();
    const { records } = stores;
    await appendVersion(records, undefined, first, dueAt);
    await appendVersion(records, first, second, dueAt);
    if (isErased) await appendVersion(records, second, third, dueAt);
    await appendVersion(records, undefined, ofOther, dueAt);
    return stores;
  };

  describe('find', () => {
    test('names each record once that has an item with the text', async () => {
      const { rows } = await storesWith({ isErased: false });
      expect(await rows.find(names('call Paulo'))).toEqual([opportunityKey]);
      expect(await rows.find(names('no such name'))).toEqual([]);
    });

    test('names a record whose erasure was interrupted, whatever is searched', async () => {
      const { rows } = await storesWith({ isErased: true });
      expect(await rows.find(none)).toEqual([opportunityKey]);
      await rows.eraseVersions(opportunityKey);
      expect(await rows.find(none)).toEqual([]);
      expect(await rows.find(names('call Paulo'))).toEqual([]);
    });
  });

  test('the numbers of the versions that are not erased are listed', async () => {
    const { rows } = await storesWith({ isErased: true });
    expect(await rows.unerasedVersions(opportunityKey)).toEqual([1, 2]);
    await rows.eraseVersions(opportunityKey);
    expect(await rows.unerasedVersions(opportunityKey)).toEqual([]);
    expect(await rows.unerasedVersions(other)).toEqual([1]);
  });

  test('an erased version keeps ids, stage and dates, its message, and its place in the outbox', async () => {
    const { records, rows } = await storesWith({ isErased: true });
    await leaveOutbox(records, ref(1));
    await rows.eraseVersions(opportunityKey);
    for (const before of [first, second]) {
      const version = await records.version(before);
      expect(version).toMatchObject({
        messageId: before.messageId,
        topics: before.topics,
        attributes: { stage: before.attributes.stage },
        erased: true,
        solutions: [],
      });
      expect(JSON.stringify(version)).not.toMatch(/Example Corp|Paulo|owner@partner/);
      expect(version?.payload).toMatchObject({ Id: opportunityKey.id });
      expect(version?.attributes.customerName).toBeUndefined();
    }
    expect(await records.awaitsFanOut(ref(1))).toBe(false);
    expect(await records.awaitsFanOut(ref(2))).toBe(true);
    expect(await records.current(opportunityKey)).toMatchObject({ version: 3, messageId: third.messageId });
    expect(await records.version(ofOther)).toMatchObject({ payload: ofOther.payload });
  });

  test('a delivery is found with what is to be searched in it', async () => {
    const { store, log, rows } = await newStores();
    const delivery = deliveryOf();
    await store.add(delivery, dueAt);
    const claim = await store.claim(delivery.id, dueAt, leaseEnds);
    if (claim)
      await store.settle(claim, { ...attemptOf(1), answer: 'thanks, Paulo' }, { status: 'pending', dueAt });
    const open = {
      id: delivery.id,
      endpointId: 'ep_example',
      record: 'AWS/opportunity/O1234567',
      version: 1,
      isOpen: true,
      answers: ['attempts[0].answer', 'attempts[0].reason'],
      matches: true,
      problems: [],
    };
    expect((await rows.webhookRows(names('Paulo'))).deliveries).toEqual([open]);
    expect((await rows.webhookRows(none)).deliveries).toEqual([{ ...open, matches: false }]);
    await log.cancel(delivery.id, 'erased');
    expect((await rows.webhookRows(names('Paulo'))).deliveries).toEqual([{ ...open, isOpen: false }]);
  });

  test('removed answers leave the rest of an attempt as it is', async () => {
    const { store, log, rows } = await newStores();
    const delivery = deliveryOf();
    await store.add(delivery, dueAt);
    const claim = await store.claim(delivery.id, dueAt, leaseEnds);
    if (claim) await store.settle(claim, attemptOf(1), { status: 'delivered' });
    for (const each of (await rows.webhookRows(none)).deliveries) await rows.removeAnswers(each);
    const { answer: _answer, reason: _reason, ...kept } = attemptOf(1);
    expect(await log.find(delivery.id)).toMatchObject({ status: 'delivered', attempts: [kept] });
    expect((await rows.webhookRows(none)).deliveries).toMatchObject([{ answers: [] }]);
  });

  test('the content of a command is found with what it contains, and removed once the command has ended', async () => {
    const { commands, rows } = await newStores();
    const body = { patch: { Project: { Title: 'ask Paulo' } } };
    const { version } = await acceptCommand(commands, 'deal-1', dueAt, { ...sampleContent, body });
    const contents = async () => (await rows.webhookRows(names('Paulo'))).contents;
    const waiting = { record: 'AWS/opportunity/O1234567', hasEnded: false, matches: true };
    expect(await contents()).toMatchObject([waiting]);
    for (const each of await contents()) await rows.removeContent(each);
    expect(await contents()).toMatchObject([waiting]);
    const claim = await commands.claim(lineKey, 'claim-1', dueAt, leaseEnds);
    const change = { number: 1, removeContentAt: leaseEnds };
    if (claim) await commands.commit(version, succeededVersion(version, dueAt), dueAt, claim, change);
    expect(await contents()).toMatchObject([{ ...waiting, hasEnded: true }]);
    expect((await rows.webhookRows(none)).contents).toMatchObject([{ matches: false }]);
    for (const each of await contents()) await rows.removeContent(each);
    expect(await contents()).toEqual([]);
    expect(await commands.content(lineKey, 1)).toBeUndefined();
  });

  test('the answers of a delivery that was deleted meanwhile are not written again', async () => {
    const { log, rows } = await newStores();
    const { id, endpointId } = deliveryOf();
    const found = {
      id,
      endpointId,
      record: undefined,
      version: 1,
      isOpen: false,
      matches: true,
      problems: [],
    };
    await rows.removeAnswers({ ...found, answers: ['attempts[0].answer'] });
    expect(await log.find(id)).toBeUndefined();
  });
}

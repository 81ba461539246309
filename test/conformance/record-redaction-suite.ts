import { describe, expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import type { VersionRef } from '../../lambdas/core/record.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { applyChanges } from '../../local/apply-changes.ts';
import { appendVersion, leaveOutbox } from '../builders/append-version.ts';
import { randomText } from '../builders/incompressible.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { invitationKey, observation, stateOf, versionOf } from '../builders/versions.ts';
import { dueVersions } from './record-store-suite.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
/** Texts that must be gone afterwards. */
const secrets = [
  'Example Corp',
  'Paulo',
  'pdm@aws.example.com',
  'AnyCompany',
  'Second message',
  '12000',
  '+1555',
];

const rejected = invitationPayload({ status: 'REJECTED' });
const pending = withPhone({ ...invitationPayload(), InvitationMessage: 'Second message, to Example Corp' });
/** Two states with sensitive members, one without. */
const payloads: readonly JsonObject[] = [invitationPayload(), pending, redactPayload(rejected)];

/** A change deep inside a member that is removed as a whole. */
function withPhone(payload: JsonObject): JsonObject {
  const path = '/Payload/OpportunityInvitation/SenderContacts/0/Phone';
  return applyChanges(payload, [{ path, after: '+15555550100' }]);
}

function history(of: readonly JsonObject[]): readonly Version[] {
  const versions: Version[] = [];
  for (const [index, payload] of of.entries()) {
    const redacted = index === of.length - 1;
    const readAt = `2026-03-01T1${index}:00:00.000Z` as const;
    versions.push(versionOf(observation({ key: invitationKey, payload, readAt, redacted }), versions.at(-1)));
  }
  return versions;
}

async function storeWith(newStore: () => Promise<RecordStore>, of: readonly JsonObject[] = payloads) {
  const records = await newStore();
  const versions = history(of);
  let before: RecordState | undefined;
  for (const version of versions) {
    expect(await appendVersion(records, before, version, dueAt)).toBe('stored');
    before = version;
  }
  const newest = versions.at(-1);
  if (!newest) throw new Error('no version');
  return { records, versions, newest };
}

function numbered(version: number): VersionRef {
  return { ...invitationKey, version };
}

/** The contract of `RecordStore.redactBefore`. @param newStore makes an empty store. */
export function recordRedactionSuite(newStore: () => Promise<RecordStore>): void {
  describe('redactBefore', () => {
    test('removes sensitive members from all earlier versions', async () => {
      const { records, newest } = await storeWith(newStore);
      expect(await records.redactBefore(newest)).toBe(2);
      for (const version of [1, 2]) {
        const text = JSON.stringify(await records.version(numbered(version)));
        for (const secret of secrets) expect(text, `version ${version}`).not.toContain(secret);
      }
    });

    test('changes nothing else', async () => {
      const { records, newest, versions } = await storeWith(newStore);
      await records.redactBefore(newest);
      for (const version of versions.slice(0, 2)) {
        const found = await records.version(version);
        const { title, customerName, ...others } = version.attributes;
        expect([title, customerName]).toEqual(['Data platform', 'Example Corp']);
        expect(found).toEqual({
          ...version,
          payload: redactPayload(version.payload),
          changes: found?.changes,
          contentHash: found?.contentHash,
          attributes: others,
          redacted: true,
        });
      }
      expect(await records.version(newest)).toEqual(newest);
      expect(await records.current(invitationKey)).toEqual(stateOf(newest));
    });

    test('keeps the ids, the dates and the status', async () => {
      const { records, newest } = await storeWith(newStore);
      await records.redactBefore(newest);
      expect((await records.version(numbered(1)))?.payload).toMatchObject({
        Id: 'engi-abcdefgh12345',
        EngagementId: 'eng-abcdefgh123456',
        Status: 'PENDING',
        PayloadType: 'OpportunityInvitation',
        InvitationDate: expect.any(String),
        ExpirationDate: expect.any(String),
        Payload: { OpportunityInvitation: { Project: { TargetCompletionDate: '2026-12-31' } } },
      });
    });

    test('replaces the content hash', async () => {
      const { records, newest, versions } = await storeWith(newStore);
      await records.redactBefore(newest);
      const found = await records.version(numbered(1));
      expect(found?.contentHash).not.toBe(versions[0]?.contentHash);
      // Two versions that differed in sensitive members only are equal now.
      expect(found?.contentHash).toBe((await records.version(numbered(2)))?.contentHash);
    });

    test('keeps changes that lead from version to version', async () => {
      const { records, newest } = await storeWith(newStore);
      await records.redactBefore(newest);
      const found = await Promise.all([1, 2, 3].map((version) => records.version(numbered(version))));
      const [first, ...rest] = found.map((version) => version ?? newest);
      rest.reduce((payload, { changes, payload: next }) => {
        expect(applyChanges(payload, changes)).toEqual(next);
        return next;
      }, first?.payload ?? {});
    });

    test('does not change the outbox', async () => {
      const { records, newest } = await storeWith(newStore);
      await leaveOutbox(records, numbered(1));
      await records.redactBefore(newest);
      const due = await dueVersions(records, farFuture, 10);
      expect(due.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([2, 3]);
    });

    test('keeps a version out of the outbox that leaves it meanwhile', async () => {
      const { records, newest } = await storeWith(newStore);
      await Promise.all([
        records.redactBefore(newest),
        leaveOutbox(records, numbered(1)),
        leaveOutbox(records, numbered(2)),
      ]);
      expect(await dueVersions(records, farFuture, 10)).toEqual([numbered(3)]);
      expect(await records.version(numbered(2))).toMatchObject({ redacted: true });
    });

    test('changes nothing the second time', async () => {
      const { records, newest } = await storeWith(newStore);
      await records.redactBefore(newest);
      const once = await records.version(numbered(1));
      expect(await records.redactBefore(newest)).toBe(0);
      expect(await records.version(numbered(1))).toEqual(once);
    });

    test('changes neither this version, nor later ones, nor other records', async () => {
      const { records, newest, versions } = await storeWith(newStore);
      const other = versionOf(
        observation({ key: { ...invitationKey, id: 'engi-bbbbbbbb12345' }, payload: invitationPayload() }),
      );
      await appendVersion(records, undefined, other, dueAt);
      expect(await records.redactBefore(numbered(2))).toBe(1);
      expect(await records.version(numbered(2))).toEqual(versions[1]);
      expect(await records.version(other)).toEqual(other);
      expect(await records.redactBefore(newest)).toBe(1);
    });

    test('does nothing for a first version or an unknown record', async () => {
      const { records } = await storeWith(newStore);
      expect(await records.redactBefore(numbered(1))).toBe(0);
      expect(await records.redactBefore({ ...invitationKey, id: 'engi-bbbbbbbb12345', version: 9 })).toBe(0);
      expect(
        await records.version({ ...invitationKey, id: 'engi-bbbbbbbb12345', version: 1 }),
      ).toBeUndefined();
    });

    test.each([
      ['too large to be native, before and after', { Note: 'x'.repeat(200_000) }],
      [
        'too large to be native before, and small enough after',
        { InvitationMessage: 'Second message'.repeat(15_000) },
      ],
      ['in parts before and after', { Note: randomText(900_000, 'note') }],
      ['in parts before and native after', { InvitationMessage: randomText(900_000, 'message') }],
      ['has names that cannot be native', { constructor: { '': 'kept' } }],
    ])('redacts content that is %s', async (_name, members) => {
      const { records, newest } = await storeWith(newStore, [
        { ...invitationPayload(), ...members },
        ...payloads,
      ]);
      expect(await records.redactBefore(newest)).toBe(3);
      const found = await records.version(numbered(1));
      expect(found?.payload).toEqual(redactPayload({ ...invitationPayload(), ...members }));
      for (const secret of secrets) expect(JSON.stringify(found)).not.toContain(secret);
    });
  });
}

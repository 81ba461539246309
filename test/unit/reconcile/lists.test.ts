import { beforeEach, describe, expect, it } from 'vitest';
import {
  hourMs,
  listedEngagement,
  listedInvitation,
  type ReconcileWorld,
  reconcileWorld,
  run,
  runAfter,
  sentIds,
  storeInvitation,
  storeRead,
  takeFindings,
} from './reconcile-world.ts';

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld({ pageSize: 2 });
});

describe('invitations', () => {
  beforeEach(async () => {
    await run(world);
    await storeInvitation(world, { status: 'PENDING' });
  });

  it.each([
    ['ACCEPTED', 'PENDING', true],
    ['REJECTED', 'PENDING', true],
    ['PENDING', 'PENDING', false],
    ['PENDING', 'ACCEPTED', false],
    ['ACCEPTED', 'ACCEPTED', false],
    ['ACCEPTED', 'EXPIRED', true],
    ['SOMETHING NEW', 'PENDING', true],
    [null, 'PENDING', false],
  ])('listed as %s and stored as %s give a finding: %s', async (listed, stored, isSent) => {
    await storeInvitation(world, { status: stored });
    world.partnerCentral.put('received-invitations', listedInvitation({ Status: listed }));
    await runAfter(world, hourMs);
    const expected = isSent ? [{ status: listed, drift: true, lastModifiedAt: undefined }] : [];
    expect(takeFindings(world).map((finding) => finding.listed)).toEqual(expected);
  });

  it('are listed completely in every pass, in both roles', async () => {
    await runAfter(world, hourMs);
    const asked = world.partnerCentral.calls.map(({ list: name }) => name).toSorted();
    const each = ['engagements', 'opportunities', 'received-invitations', 'sent-invitations'];
    expect(asked).toEqual(each.flatMap((name) => [name, name]));
  });
});

describe('engagements', () => {
  it.each([
    ['modified later', { ModifiedAt: '2026-02-22T10:00:00Z' }, true],
    ['unchanged, with other digits', { ModifiedAt: '2026-02-21T10:00:00.500Z' }, false],
    ['older, long after the last read', { ModifiedAt: '2026-02-20T10:00:00Z' }, true],
    ['never modified, long after the last read', { ModifiedAt: null }, true],
  ])('listed as %s are compared with the stored record', async (_what, members, isSent) => {
    await run(world);
    world.partnerCentral.put('engagements', listedEngagement(members));
    const key = { catalog: 'AWS', kind: 'engagement', id: 'eng-abcdefgh123456' } as const;
    await storeRead(world, key, listedEngagement());
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual(isSent ? ['eng-abcdefgh123456'] : []);
  });
});

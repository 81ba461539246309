import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { laterAfter, never, ServiceError } from '../../../lambdas/core/service-error.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import {
  dayMs,
  finishedPasses,
  hourMs,
  invitationId,
  passKey,
  type ReconcileWorld,
  reconcileWorld,
  recordIdOf,
  run,
  runAfter,
  storeInvitation,
  takeFindings,
} from './reconcile-world.ts';

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld();
});

function keyOf(id: string): RecordKey {
  return { catalog: 'AWS', kind: 'engagement-invitation', id };
}

function announced({ records }: ReconcileWorld = world) {
  return records.versions().filter(({ type }) => type === 'engagement_invitation.expiring');
}

describe('an invitation that expires soon', () => {
  it('is announced once, by a version without changes', async () => {
    await storeInvitation(world, { expirationDate: '2026-03-04T12:00:00.000Z' });
    const before = await world.records.current(keyOf(invitationId));
    await run(world);
    const [version, ...others] = announced();
    expect(version).toMatchObject({
      id: invitationId,
      version: 2,
      payload: before?.payload,
      changes: [],
      topics: ['engagement_invitation.expiring'],
      announcedExpiration: '2026-03-04T12:00:00.000Z',
      cause: { detailType: 'Engagement Invitation Reconciled', eventTime: '2026-03-01T12:00:00.000Z' },
    });
    expect(version?.cause.eventIds[0]).toMatch(/^run_[0-9a-f]{32}$/);
    expect(others).toEqual([]);
    expect(world.records.outbox()).toContainEqual({ ...keyOf(invitationId), version: 2 });
    expect(world.log.of('invitation.announced')).toEqual([
      {
        correlationId: version?.cause.eventIds[0],
        record: `AWS/engagement-invitation/${invitationId}`,
        dueOn: '2026-03-04T12:00:00.000Z',
      },
    ]);
    await runAfter(world, hourMs);
    await runAfter(world, hourMs, { full: true });
    expect(announced()).toHaveLength(1);
    expect(world.metrics.totals()).toMatchObject({ InvitationsExpiring: 1 });
  });

  it('is announced again if the expiration changes', async () => {
    await storeInvitation(world, { expirationDate: '2026-03-02T12:00:00.000Z' });
    await run(world);
    world.clock.advance(hourMs);
    await storeInvitation(world, { expirationDate: '2026-03-03T12:00:00.000Z' });
    await run(world);
    expect(announced().map(({ announcedExpiration }) => announcedExpiration)).toEqual([
      '2026-03-02T12:00:00.000Z',
      '2026-03-03T12:00:00.000Z',
    ]);
  });

  it.each([
    ['that expires later', { expirationDate: '2026-03-04T12:00:00.001Z' }],
    ['that has expired', { expirationDate: '2026-03-01T12:00:00.000Z' }],
    ['that is settled', { expirationDate: '2026-03-02T12:00:00.000Z', status: 'ACCEPTED' }],
  ])('is not announced if it is one %s', async (_what, members) => {
    await storeInvitation(world, members);
    await run(world);
    expect(announced()).toEqual([]);
  });

  it('is announced within the configured number of days, and never if that is 0', async () => {
    for (const [expiringDays, count] of [
      [0, 0],
      [1, 0],
      [2, 1],
    ] as const) {
      const other = reconcileWorld({ expiringDays });
      await storeInvitation(other, { expirationDate: '2026-03-03T12:00:00.000Z' });
      await run(other);
      expect(announced(other)).toHaveLength(count);
    }
  });

  it('is not announced if it is settled between the query and the write', async () => {
    await storeInvitation(world, { expirationDate: '2026-03-02T12:00:00.000Z' });
    const commit: typeof world.records.commit = async (before, version, dueAt) => {
      await storeInvitation(
        world,
        { status: 'ACCEPTED', expirationDate: '2026-03-02T12:00:00.000Z' },
        '2026-03-01T12:00:01.000Z',
      );
      return world.records.commit(before, version, dueAt);
    };
    await run(world, {}, { records: { ...world.records, commit } });
    expect(announced()).toEqual([]);
    expect(world.log.of('pass.finished')).toHaveLength(5);
  });

  it('is announced even if the store refuses the announcement of another invitation', async () => {
    const ids = ['engi-aaaaaaaa00001', 'engi-aaaaaaaa00002'];
    for (const id of ids) await storeInvitation(world, { id, expirationDate: '2026-03-02T12:00:00.000Z' });
    const details = { operation: 'commit', error: 'ValidationError' };
    const commit: typeof world.records.commit = async (before, version, dueAt) => {
      if (version.id === ids[0]) throw new ServiceError('store.refused', details, { retry: never });
      return world.records.commit(before, version, dueAt);
    };
    await run(world, {}, { records: { ...world.records, commit } });
    expect(announced().map(({ id }) => id)).toEqual([ids[1]]);
    expect(world.log.of('pass.failed')).toEqual([
      expect.objectContaining({ pass: 'expirations', code: 'store.refused' }),
    ]);
  });

  it('is announced once if the process crashes at any call', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const other = reconcileWorld();
      await storeInvitation(other, { expirationDate: '2026-03-02T12:00:00.000Z' });
      const records = process.wrap(other.records);
      const passes = process.wrap(other.passes);
      await untilCrash(run(other, {}, { records, passes, index: process.wrap(other.index) }));
      await runAfter(other, 60_000);
      await runAfter(other, hourMs);
      await finishIntents(other.records);
      expect(announced(other)).toHaveLength(1);
    });
    expect(crashes).toBeGreaterThan(2 * 15);
  });
});

describe('an invitation that should have expired', () => {
  beforeEach(async () => {
    await storeInvitation(world, { expirationDate: '2026-03-01T11:00:00.000Z' }, '2026-02-20T10:00:00.000Z');
  });

  it('is read again an hour later if no event has reported it', async () => {
    world.clock.advance(-1);
    await run(world);
    expect(takeFindings(world)).toEqual([]);
    await runAfter(world, hourMs);
    expect(takeFindings(world)).toEqual([
      expect.objectContaining({
        detailType: 'Engagement Invitation Reconciled',
        key: { catalog: 'AWS', kind: 'engagement-invitation', id: invitationId },
        listed: { status: 'EXPIRED', presumed: true, drift: true, lastModifiedAt: undefined },
      }),
    ]);
    expect(finishedPasses(world, 'expirations').at(-1)).toMatchObject({ findings: 1 });
  });

  it('is read once a day if AWS leaves it pending', async () => {
    await run(world);
    expect(takeFindings(world).map(recordIdOf)).toEqual([invitationId]);
    await storeInvitation(world, { expirationDate: '2026-03-01T11:00:00.000Z' });
    await runAfter(world, hourMs);
    await runAfter(world, 22 * hourMs);
    expect(takeFindings(world)).toEqual([]);
    await runAfter(world, hourMs);
    expect(takeFindings(world).map(recordIdOf)).toEqual([invitationId]);
  });

  it('waits while the queue is full', async () => {
    world.queues['engagement-invitation'].crowd(200);
    await run(world);
    expect(takeFindings(world)).toEqual([]);
    world.queues['engagement-invitation'].crowd(0);
    await runAfter(world, hourMs);
    expect(takeFindings(world).map(recordIdOf)).toEqual([invitationId]);
  });

  it('is handled a little later if the table does not answer', async () => {
    const details = { operation: 'findPendingInvitations', error: 'InternalServerError' };
    const failure = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const index = { ...world.index, findPendingInvitations: () => Promise.reject(failure) };
    await run(world, {}, { index });
    expect(world.passes.find(passKey('expirations'))).toMatchObject({ dueAt: '2026-03-01T12:00:02.000Z' });
    await runAfter(world, 60_000);
    expect(takeFindings(world).map(recordIdOf)).toEqual([invitationId]);
    expect(finishedPasses(world, 'expirations')).toHaveLength(1);
  });

  it('is handled once if the runs of a day were missed', async () => {
    await runAfter(world, 30 * dayMs);
    expect(takeFindings(world).map(recordIdOf)).toEqual([invitationId]);
  });
});

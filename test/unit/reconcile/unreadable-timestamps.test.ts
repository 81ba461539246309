import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { opportunityPayload, withMember } from '../../builders/payloads.ts';
import { engagementKey } from '../../builders/versions.ts';
import {
  hourMs,
  listedEngagement,
  listedInvitation,
  listedOpportunity,
  opportunityId,
  type ReconcileWorld,
  reconcileWorld,
  run,
  runAfter,
  storeRead,
} from './reconcile-world.ts';

let world: ReconcileWorld;

beforeEach(async () => {
  world = reconcileWorld({ pageSize: 2 });
  await runAfter(world, 0);
});

function counted(): number {
  return world.metrics.totals()['TimestampsUnreadable'] ?? 0;
}

const stored = '2026-02-21T10:00:00.500Z';

const kinds = {
  opportunity: {
    key: { catalog: 'AWS', kind: 'opportunity', id: opportunityId(1) },
    list: 'opportunities',
    item: (timestamp: Json | undefined) => withMember(listedOpportunity(1), 'LastModifiedDate', timestamp),
    payload: opportunityPayload({ id: opportunityId(1), lastModifiedDate: stored }),
  },
  engagement: {
    key: engagementKey,
    list: 'engagements',
    item: (timestamp: Json | undefined) =>
      withMember(listedEngagement({ CreatedAt: null }), 'ModifiedAt', timestamp),
    payload: listedEngagement({ ModifiedAt: stored }),
  },
} as const;

describe.each(['opportunity', 'engagement'] as const)('the timestamp of an %s in a list', (kind) => {
  const { key, list, item, payload } = kinds[kind];

  it.each(['2026-11-29T12:00:00', '29.11.2026', 1_764_000_000, ''])(
    'a listed timestamp is counted as unreadable in every pass if it is %j',
    async (timestamp) => {
      world.partnerCentral.put(list, item(timestamp));
      await runAfter(world, hourMs);
      expect(counted()).toBe(1);
      await runAfter(world, hourMs);
      expect(counted()).toBe(2);
    },
  );

  it.each([null, undefined])(
    'a listed timestamp is counted as unreadable if it is %j and a read had one',
    async (timestamp) => {
      await storeRead(world, key, payload);
      world.partnerCentral.put(list, item(timestamp));
      await runAfter(world, hourMs);
      expect(counted()).toBe(1);
    },
  );

  it.each([null, undefined, stored, '2026-11-29T12:00Z', '2026-11-29T12:00:00.123456789+01:00'])(
    'a listed timestamp is not counted if it is %j and nothing is stored',
    async (timestamp) => {
      world.partnerCentral.put(list, item(timestamp));
      await runAfter(world, hourMs);
      expect(counted()).toBe(0);
    },
  );
});

describe('timestamps of lists that cannot be read', () => {
  it('an unreadable ModifiedAt is counted although the engagement has a valid creation date', async () => {
    world.partnerCentral.put('engagements', listedEngagement({ ModifiedAt: 'yesterday' }));
    await runAfter(world, hourMs);
    expect(counted()).toBe(1);
  });

  it('unreadable timestamps are counted once for each record of a page, without a line in the log', async () => {
    const items = [1, 2, 1].map((number) => listedOpportunity(number, 'yesterday'));
    const listOpportunities = async () => ({ items });
    world.clock.advance(hourMs);
    await run(world, {}, { partnerCentral: { ...world.partnerCentral, listOpportunities } });
    expect(counted()).toBe(2);
    expect(world.log.of('pass.finished')).toHaveLength(10);
    expect(world.log.lines).toHaveLength(10);
  });

  it('lists of invitations, which have no timestamp, count none as unreadable', async () => {
    world.partnerCentral.put('received-invitations', listedInvitation());
    await runAfter(world, hourMs);
    expect(counted()).toBe(0);
  });
});

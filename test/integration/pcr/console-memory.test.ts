import pMap from 'p-map';
import { expect } from 'vitest';
import { Activity } from '../../../bin/pcr/console/activity.ts';
import { DealList } from '../../../bin/pcr/console/deal-list.ts';
import { VersionFeed } from '../../../bin/pcr/console/version-feed.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { addMs, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest } from './pcr-under-test.ts';

const clock = systemClock;

/** Stores a version that became known at this time. */
async function store(
  { relay: { records } }: PcrUnderTest,
  id: string,
  stage: string,
  at: Instant,
  before?: Version,
): Promise<Version> {
  const version = versionOf(
    observation({
      key: { catalog: 'AWS', kind: 'opportunity', id },
      payload: opportunityPayload({ id, stage, lastModifiedDate: at }),
      readAt: at,
      cause: { detailType: 'Opportunity Updated', eventIds: [`${id} ${stage}`], eventTime: at },
    }),
    before,
  );
  await appendVersion(records, before, version, at);
  return version;
}

function stageOf(deals: DealList, id: string): string | undefined {
  const { rows } = deals.view({ sort: 'modified', limit: 1_000 });
  return rows.find((row) => row.id === id)?.stage;
}

describeUnless(missingDynoxide, 'what pcr console keeps in memory', () => {
  const test = pcrTest();

  test('the feed lists each version once, and is complete again after a burst', async ({ pcr }) => {
    const at = instantOf(Date.now());
    const ids = Array.from({ length: 520 }, (_, index) => `O${1_000_000 + index}`);
    await pMap(ids, (id) => store(pcr, id, 'Prospect', at), { concurrency: 20 });
    const feed = new VersionFeed('AWS', pcr.relay, { ...clock, nowMs: tick() });
    expect((await feed.look()).versions).toHaveLength(500);
    expect(await feed.look()).toEqual({ versions: [], isTooMuch: false });
    await pMap(ids, (id) => store(pcr, `${id}1`, 'Prospect', addMs(at, 1)), { concurrency: 20 });
    expect((await feed.look()).isTooMuch).toBe(true);
    expect(await feed.look()).toEqual({ versions: [], isTooMuch: false });
  });

  test('a deal that could not be read again is read with the next view', async ({ pcr }) => {
    const first = await store(pcr, 'O1000001', 'Prospect', instantOf(Date.now() - 1_000));
    let isDown = false;
    const output = (name: string) => {
      if (isDown) throw new Error('the table cannot be read');
      return pcr.relay.output(name);
    };
    const deals = new DealList('AWS', { clients: pcr.relay.clients, output }, clock);
    await deals.complete();
    const second = await store(pcr, 'O1000001', 'Launched', instantOf(Date.now()), first);
    const news = { versions: [{ ...second, knownAt: second.readAt }], isTooMuch: false };
    isDown = true;
    await expect(deals.update(news)).rejects.toThrow('cannot be read');
    expect(stageOf(deals, 'O1000001')).toBe('Prospect');
    isDown = false;
    await deals.update({ versions: [], isTooMuch: false });
    expect(stageOf(deals, 'O1000001')).toBe('Launched');
  });

  test('an outcome is read again after an action, although it had ended', async ({ pcr }) => {
    const hourAgo = instantOf(Date.now() - 3_600_000);
    const version = await store(pcr, 'O1000001', 'Prospect', hourAgo);
    const delivery = deliveryOf(version, 'ep_orders');
    await pcr.store.add(delivery, hourAgo);
    await pcr.relay.deliveries.cancel(delivery.id, 'an operator');
    const activity = new Activity({ ...pcr.relay, clock });
    const newest = [{ ...version, knownAt: hourAgo }];
    const statuses = async () => (await activity.view(newest)).rows.map((row) => row.deliveries[0]?.status);
    expect(await statuses()).toEqual(['cancelled']);
    await pcr.relay.deliveries.replay(delivery, instantOf(Date.now()), 'replay');
    expect(await statuses()).toEqual(['cancelled']);
    activity.forget();
    expect(await statuses()).toEqual(['pending']);
  });
});

/** A clock that goes on by a second at each look. */
function tick(): () => number {
  let nowMs = Date.now();
  return () => (nowMs += 1_000);
}

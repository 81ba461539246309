import { recordPath } from '../../lambdas/core/record.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { Post } from '../chaos/chaos-receiver.ts';
import type { Violation } from '../chaos/evidence.ts';
import { waitForCalm } from './calm.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;
/** Rows are deleted 30 days after their last change, and some days late. */
const aftermathMs = 36 * dayMs;
const expiryEveryMs = 2 * dayMs;

/**
 * The weeks after a storm. Messages that SQS kept come again, and DynamoDB deletes expired
 * deliveries, each on time or days late. Nothing may be sent again, and the next change of a record
 * whose deliveries are gone must arrive.
 */
export async function passWeeks(world: World): Promise<readonly Violation[]> {
  const { scheduler, faults, storage, account, schedules, receivers, workload } = world;
  const [posts, versions] = [receivers.posts.length, storage.rows.versions.size];
  const endsAtMs = scheduler.nowMs() + aftermathMs;
  schedules.stop();
  for (const queue of Object.values(account.queues)) queue.repeatInWeeks();
  for (let ms = expiryEveryMs; ms < aftermathMs; ms += expiryEveryMs)
    scheduler.after(ms, () =>
      storage.expireDeliveries(
        ({ id }) => !faults.strikes('ttl-late', 'DynamoDB', `keeps the expired ${id}`),
      ),
    );
  scheduler.after(aftermathMs, () => undefined);
  await scheduler.run(() => scheduler.nowMs() >= endsAtMs);
  schedules.start();
  const unfinished = await waitForCalm(world);
  const made = [...storage.rows.versions.values()].slice(versions);
  const late = made.filter((version) => addsLink(version, world));
  const isLate = ({ path, version }: Post): boolean =>
    late.some((each) => recordPath(each) === path && each.version === version);
  const again = made.filter((version) => !late.includes(version));
  const found: readonly Violation[] = [
    ...unfinished.map((what): Violation => ({ promise: 1, what: `work is left after weeks: ${what}` })),
    ...sentAgain(receivers.posts.slice(posts).filter((post) => !isLate(post))),
    ...again.map(
      (version): Violation => ({
        promise: 3,
        path: recordPath(version),
        what: `version ${version.version} was made by a message that came again after weeks`,
      }),
    ),
  ];
  for (const number of [0, 1, 2]) {
    const key = workload.opportunityKey(number);
    if (key) workload.changeOpportunity(key.id);
  }
  return found;
}

/** A record that an event was about may be known by now, so that the event links the two. */
function addsLink(version: Version, { storage }: World): boolean {
  const before = storage.rows.versions.get(`${recordPath(version)}#${version.version - 1}`);
  return before !== undefined && before.links.length < version.links.length;
}

/** The same after the next change: only what came after `versions` may have been sent since. */
export function findSentAgain(
  { receivers }: World,
  posts: number,
  versions: ReadonlyMap<string, number>,
): readonly Violation[] {
  return sentAgain(
    receivers.posts.slice(posts).filter(({ path, version }) => version <= (versions.get(path) ?? 0)),
  );
}

function sentAgain(posts: readonly Post[]): readonly Violation[] {
  return posts.map(({ path, version, endpointId }) => ({
    promise: 3,
    path,
    what: `version ${version} was sent to ${endpointId} again after weeks`,
  }));
}

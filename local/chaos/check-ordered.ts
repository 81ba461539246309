import type { Post } from './chaos-receiver.ts';
import { isEdited, mayBeLate } from './check-edited.ts';
import { isBeforeErasure } from './check-erased.ts';
import { isAccepted, isRemoved, wants } from './check-messages.ts';
import type { Evidence, Violation } from './evidence.ts';

/**
 * Promise 8: an endpoint that asks for order gets a version only after it has accepted every
 * earlier version that it wants.
 */
export function checkOrder(evidence: Evidence): Violation[] {
  const { versions, subscriptions } = evidence;
  const posts = evidence.posts.filter((post) => !isRemoved(post, evidence));
  const ordered = subscriptions.filter(({ ordering }) => ordering === 'per-record');
  return ordered.flatMap((subscription) => {
    const { id } = subscription;
    const mine = posts.filter(
      ({ endpointId, webhookId }) => endpointId === id && !isEdited(webhookId, id, evidence),
    );
    return [...Map.groupBy(mine, ({ path }) => path)].flatMap(([path, sent]): Violation[] => {
      const all = versions.get(path) ?? [];
      const wanted = all.filter(
        (version) =>
          wants(subscription, version) && !isBeforeErasure(version, all) && !mayBeLate(version, id, evidence),
      );
      const late = all.filter((version) => mayBeLate(version, id, evidence));
      // What follows a row that was edited does not wait for what is before it.
      const isBroken = (from: number, to: number): boolean =>
        late.some(({ version }) => from < version && version < to);
      const acceptedAtMs = new Map(wanted.map(({ version }) => [version, firstAcceptedAtMs(sent, version)]));
      return sent.flatMap(({ version, startedAtMs }): Violation[] => {
        const skipped = [...acceptedAtMs].filter(
          ([before, atMs]) => before < version && atMs > startedAtMs && !isBroken(before, version),
        );
        if (skipped.length === 0) return [];
        const what = `version ${version} reached ${subscription.id} before version ${skipped.map(([before]) => before).join(', ')}`;
        return [{ promise: 8, path, what }];
      });
    });
  });
}

/** When the first accepted request of a version started; infinity if no request was accepted. */
function firstAcceptedAtMs(posts: readonly Post[], version: number): number {
  const accepted = posts.filter((post) => post.version === version && isAccepted(post));
  return Math.min(Number.POSITIVE_INFINITY, ...accepted.map(({ startedAtMs }) => startedAtMs));
}

import type { Post } from './chaos-receiver.ts';
import { isAccepted, wants } from './check-messages.ts';
import type { Evidence, Violation } from './evidence.ts';

/** At an endpoint with order, no version is sent before every earlier one that it wants was accepted. */
export function checkOrder({ posts, versions, subscriptions }: Evidence): Violation[] {
  const ordered = subscriptions.filter(({ ordering }) => ordering === 'per-record');
  return ordered.flatMap((subscription) => {
    const mine = posts.filter(({ endpointId }) => endpointId === subscription.id);
    return [...Map.groupBy(mine, ({ path }) => path)].flatMap(([path, sent]): Violation[] => {
      const wanted = (versions.get(path) ?? []).filter((version) => wants(subscription, version));
      const acceptedAtMs = new Map(wanted.map(({ version }) => [version, firstAcceptedAtMs(sent, version)]));
      return sent.flatMap(({ version, startedAtMs }): Violation[] => {
        const skipped = [...acceptedAtMs].filter(([before, atMs]) => before < version && atMs > startedAtMs);
        if (skipped.length === 0) return [];
        const what = `version ${version} came to ${subscription.id} before version ${skipped.map(([before]) => before).join(', ')}`;
        return [{ promise: 'ordered', path, what }];
      });
    });
  });
}

/** When a version was sent that was accepted; never, where none was. */
function firstAcceptedAtMs(posts: readonly Post[], version: number): number {
  const accepted = posts.filter((post) => post.version === version && isAccepted(post));
  return Math.min(Number.POSITIVE_INFINITY, ...accepted.map(({ startedAtMs }) => startedAtMs));
}

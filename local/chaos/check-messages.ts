import { isDeepStrictEqual } from 'node:util';
import { at } from '../../lambdas/core/json.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { Post, Subscription } from './chaos-receiver.ts';
import type { Evidence, Violation } from './evidence.ts';
import { parseJson } from './record-paths.ts';

/** Every version came to every endpoint that wants it; every time under one id and in the same bytes, signed. */
export function checkMessages(evidence: Evidence): Violation[] {
  const { versions, posts, subscriptions, goneEndpoints } = evidence;
  const present = subscriptions.filter(({ id }) => !goneEndpoints.has(id));
  const byVersion = Map.groupBy(posts, (post) => `${post.path} ${post.version}`);
  const known = [...versions].flatMap(([path, all]) =>
    all.flatMap((version): Violation[] => {
      const found = byVersion.get(`${path} ${version.version}`) ?? [];
      const isRedacted = all.some(({ redacted }) => redacted);
      const problems = [
        ...missing(version, found, present),
        ...(isRedacted ? [] : different(version, found)),
      ];
      return problems.map((problem) => ({
        promise: 'message',
        path,
        what: `version ${version.version} ${problem}`,
      }));
    }),
  );
  return [...known, ...posts.flatMap((post) => wrongWith(post, evidence)), ...sharedIds(posts)];
}

function missing(version: Version, posts: readonly Post[], subscriptions: readonly Subscription[]): string[] {
  return subscriptions
    .filter((subscription) => wants(subscription, version))
    .filter(({ id }) => !posts.some((post) => post.endpointId === id && isAccepted(post)))
    .map(({ id }) => `never came to ${id}`);
}

export function isAccepted({ outcome, verified }: Post): boolean {
  return verified && (outcome === 'delivered' || outcome === 'sender-ended-after');
}

function different({ payload }: Version, [first, ...others]: readonly Post[]): string[] {
  if (!first) return [];
  const isOne = others.every(({ webhookId, body }) => webhookId === first.webhookId && body === first.body);
  const isRight = isDeepStrictEqual(at(parseJson(first.body), 'data', 'record'), payload);
  return [...(isOne ? [] : ['came in two forms']), ...(isRight ? [] : ['is another in the table'])];
}

/** Its own reading of a subscription, by topics with a `*` at their end, and catalogs. */
export function wants({ topics, catalogs }: Subscription, version: Version): boolean {
  if (catalogs.length > 0 && !catalogs.includes(version.catalog)) return false;
  return topics.some((topic) =>
    version.topics.some((each) =>
      topic.endsWith('*') ? each.startsWith(topic.slice(0, -1)) : each === topic,
    ),
  );
}

function wrongWith({ path, version, verified, endpointId }: Post, { versions }: Evidence): Violation[] {
  const isKnown = versions.get(path)?.some((each) => each.version === version) ?? false;
  const what = [
    ...(verified ? [] : [`version ${version} came to ${endpointId} with a signature that does not hold`]),
    ...(isKnown ? [] : [`version ${version} came to ${endpointId} and is not in the table`]),
  ];
  return what.map((each) => ({ promise: 'message', path, what: each }));
}

/** One id stands for one version. */
function sharedIds(posts: readonly Post[]): Violation[] {
  return [...Map.groupBy(posts, ({ webhookId }) => webhookId)].flatMap(([webhookId, same]): Violation[] => {
    const meant = new Set(same.map(({ path, version }) => `${path} version ${version}`));
    const [first] = same;
    if (meant.size === 1 || !first) return [];
    return [
      { promise: 'message', path: first.path, what: `${webhookId} stands for ${[...meant].join(' and ')}` },
    ];
  });
}

/** Two requests that begin so close together were never one attempt and the next: each has a lease that lasts longer. */
const togetherMs = 500;

/** No two requests with one message at one endpoint at the same time. */
export function checkOneWorkerAtATime({ posts }: Evidence): Violation[] {
  const byDelivery = Map.groupBy(posts, ({ endpointId, webhookId }) => `${endpointId} ${webhookId}`);
  return [...byDelivery.values()].flatMap((attempts) => {
    const ordered = attempts.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
    return ordered.flatMap((post, index): Violation[] => {
      const before = ordered[index - 1];
      if (!before) return [];
      const { endedAtMs = Number.POSITIVE_INFINITY, startedAtMs } = before;
      const apartMs = post.startedAtMs - startedAtMs;
      if (post.startedAtMs >= endedAtMs || apartMs >= togetherMs) return [];
      const what = `version ${post.version} was sent to ${post.endpointId} twice within ${Math.round(apartMs)} ms, at the same time`;
      return [{ promise: 'alone', path: post.path, what }];
    });
  });
}

import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import { at } from '../../lambdas/core/json.ts';
import { isSameJson, tryParseJson } from '../../lambdas/core/json-text.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { contractProblems } from '../message-contract.ts';
import type { Post, Subscription } from './chaos-receiver.ts';
import { isEdited } from './check-edited.ts';
import { isBeforeErasure } from './check-erased.ts';
import type { Evidence, Violation } from './evidence.ts';
import { isAcceptance } from './receiver-answers.ts';

/**
 * Promise 1: every version reached every endpoint that wants it. Promise 3: each time with the same
 * id and the same bytes, with a valid signature, in the form that its published schema says.
 */
export function checkMessages(evidence: Evidence): Violation[] {
  const { versions, subscriptions, goneEndpoints } = evidence;
  const posts = evidence.posts.filter((post) => !isRemoved(post, evidence));
  const present = subscriptions.filter(({ id }) => !goneEndpoints.has(id));
  const byVersion = Map.groupBy(posts, (post) => `${post.path} ${post.version}`);
  const ofVersions = [...versions].flatMap(([path, all]) =>
    all.flatMap((version): Violation[] => {
      const found = byVersion.get(`${path} ${version.version}`) ?? [];
      const isRedacted = all.some(({ redacted, erased }) => redacted || erased);
      const wanting = isBeforeErasure(version, all)
        ? []
        : present.filter(
            ({ id }) =>
              !isEdited(version.messageId, id, evidence) && !isParkedAsMissing(version, id, evidence),
          );
      const describe = (problem: string): string => `version ${version.version} ${problem}`;
      return [
        ...missing(version, found, wanting).map(
          (problem): Violation => ({ promise: 1, path, what: describe(problem) }),
        ),
        ...(isRedacted ? [] : unstable(version, found)).map(
          (problem): Violation => ({ promise: 3, path, what: describe(problem) }),
        ),
      ];
    }),
  );
  return [
    ...ofVersions,
    ...evidence.posts.flatMap((post) => checkPost(post, evidence)),
    ...brokenContracts(evidence.posts),
    ...sharedIds(evidence.posts),
    ...reusedIds(evidence),
  ];
}

/** Whether the delivery was tried while a restore had removed the version. It can be redriven. */
function isParkedAsMissing(
  { messageId }: Version,
  endpointId: Subscription['id'],
  { parked }: Evidence,
): boolean {
  const id = deliveryIdOf(messageId, endpointId);
  return parked.some(({ code, body }) => code === 'version.missing' && body.includes(id));
}

/** Whether a request was about a version that a restore removed and that was not stored again. */
export function isRemoved(
  { path, webhookId }: Post,
  { removedMessages, versions }: Pick<Evidence, 'removedMessages' | 'versions'>,
): boolean {
  const isStored = (versions.get(path) ?? []).some(({ messageId }) => messageId === webhookId);
  return !isStored && (removedMessages.get(path)?.has(webhookId) ?? false);
}

/**
 * A new version must not have the id of a version that a restore has removed, unless it says the
 * same: an event that is processed again after the restore gives the same version.
 */
function reusedIds({ versions, removedMessages }: Evidence): Violation[] {
  return [...removedMessages].flatMap(([path, hashes]) =>
    (versions.get(path) ?? [])
      .filter(({ messageId, contentHash }) => (hashes.get(messageId) ?? contentHash) !== contentHash)
      .map(
        ({ version }): Violation => ({
          promise: 3,
          path,
          what: `version ${version} has the id of a removed version with another content`,
        }),
      ),
  );
}

function missing(version: Version, posts: readonly Post[], subscriptions: readonly Subscription[]): string[] {
  return subscriptions
    .filter((subscription) => wants(subscription, version))
    .filter(({ id }) => !posts.some((post) => post.endpointId === id && isAccepted(post)))
    .map(({ id }) => `never reached ${id}`);
}

export function isAccepted({ outcome, verified }: Post): boolean {
  return verified && isAcceptance(outcome);
}

function unstable({ payload }: Version, [first, ...others]: readonly Post[]): string[] {
  if (!first) return [];
  const isSame = others.every(
    (other) => other.webhookId === first.webhookId && plainBody(other) === plainBody(first),
  );
  const isStored = isSameJson(at(tryParseJson(first.body), 'data', 'record') ?? null, payload);
  return [...(isSame ? [] : ['was sent in two forms']), ...(isStored ? [] : ['differs from the table'])];
}

/** Only the endpoint of a client names its commands in an echo, each time the same ones. */
function plainBody({ body }: Post): string {
  return body.replace(/,"commands":\[\{"id":"cmd_[^\]]*\]/, '');
}

/**
 * Interprets topics, catalogs and clients independently of the code under test. Whether an echo is
 * one is checked by itself.
 */
export function wants({ topics, catalogs, client, echo }: Subscription, version: Version): boolean {
  if (version.kind === 'command' && !topics.some((topic) => topic.startsWith('command.'))) return false;
  if (version.kind === 'command' && client !== undefined && version.payload['client'] !== client)
    return false;
  if (echo === 'omit' && version.echoes?.some((each) => each.client === client)) return false;
  if (catalogs.length > 0 && !catalogs.includes(version.catalog)) return false;
  return topics.some((topic) =>
    version.topics.some((each) =>
      topic.endsWith('*') ? each.startsWith(topic.slice(0, -1)) : each === topic,
    ),
  );
}

function checkPost(post: Post, evidence: Evidence): Violation[] {
  const { path, version, verified, endpointId } = post;
  const isStored = evidence.versions.get(path)?.some((each) => each.version === version) ?? false;
  const isKnown = isStored || isRemoved(post, evidence);
  const what = [
    ...(verified ? [] : [`version ${version} reached ${endpointId} with an invalid signature`]),
    ...(isKnown ? [] : [`version ${version} reached ${endpointId} but is not in the table`]),
  ];
  return what.map((each) => ({ promise: 3, path, what: each }));
}

/** Repeats have the same bytes: each is validated once. */
function brokenContracts(posts: readonly Post[]): Violation[] {
  const distinct = new Map(posts.map((post) => [post.body, post]));
  return [...distinct.values()].flatMap(({ body, path, version, endpointId }) =>
    contractProblems(body).map(
      (problem): Violation => ({
        promise: 3,
        path,
        what: `version ${version} reached ${endpointId} and breaks its schema: ${problem}`,
      }),
    ),
  );
}

/** One webhook id belongs to one version. */
function sharedIds(posts: readonly Post[]): Violation[] {
  return [...Map.groupBy(posts, ({ webhookId }) => webhookId)].flatMap(([webhookId, same]): Violation[] => {
    const versions = new Set(same.map(({ path, version }) => `${path} version ${version}`));
    const [first] = same;
    if (versions.size === 1 || !first) return [];
    return [
      { promise: 3, path: first.path, what: `${webhookId} is the id of ${[...versions].join(' and ')}` },
    ];
  });
}

/** A lease is longer than this: requests that start so close together have two workers. */
const sameTimeMs = 500;

/** Promise 9: a message is never sent to an endpoint twice at the same time. */
export function checkOneWorkerAtATime({ posts }: Evidence): Violation[] {
  const byDelivery = Map.groupBy(posts, ({ endpointId, webhookId }) => `${endpointId} ${webhookId}`);
  return [...byDelivery.values()].flatMap((attempts) => {
    const ordered = attempts.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
    return ordered.flatMap((post, index): Violation[] => {
      const before = ordered[index - 1];
      if (!before) return [];
      const { endedAtMs = Number.POSITIVE_INFINITY, startedAtMs } = before;
      const apartMs = post.startedAtMs - startedAtMs;
      if (post.startedAtMs >= endedAtMs || apartMs >= sameTimeMs) return [];
      const what = `version ${post.version} was sent to ${post.endpointId} twice within ${Math.round(apartMs)} ms, at the same time`;
      return [{ promise: 9, path: post.path, what }];
    });
  });
}

import type { ChatFormat, Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { assertReachable } from './assert-reachable.ts';
import { assertReadsChannels, isChannel, readUrlFile, storedChannelUrl } from './channel-url.ts';
import { hiddenUrlLine, type Plan } from './endpoint-plan.ts';
import { assertOwnSecret } from './endpoint-secret.ts';
import type { DeclaredEndpoints } from './endpoints-file.ts';

/** URLs of channels, by endpoint. */
export type ChannelUrls = ReadonlyMap<EndpointId, string>;

export interface PlanWithUrls extends Plan<Endpoint> {
  /** The URLs that differ from the stored ones. */
  readonly newUrls: ChannelUrls;
}

/** Reads the files that a file of endpoints names. @throws UsageError if one has no such URL */
export function readChannelUrls({ endpoints = [], urlFiles }: DeclaredEndpoints): ChannelUrls {
  const urls = endpoints.filter(isChannel).flatMap(({ id, destination: { format } }) => {
    const path = urlFiles.get(id);
    return path === undefined ? [] : [[id, readUrlFile(`${id} urlFile`, path)(format)] as const];
  });
  return new Map(urls);
}

/**
 * The URL of a channel and the key of a webhook are in a secret of the same name. One would replace
 * the other before the endpoint changes.
 * @throws UsageError as `pcr endpoints update` does
 */
export function assertSameFormats({ update }: Plan<Endpoint>): void {
  const problems = update
    .filter(({ before, after }) => formatOf(before) !== formatOf(after))
    .map(({ after }) => `${after.id} format: cannot change; allowed: remove it, and add another`);
  if (problems.length > 0) throw new UsageError(...problems);
}

function formatOf({ destination }: Endpoint): ChatFormat | 'standard' {
  return destination.kind === 'chat' ? destination.format : 'standard';
}

/**
 * Adds the URLs that differ from the stored ones to a plan.
 * @throws UsageError if a URL is neither given nor stored
 */
export async function planChannelUrls(
  plan: Plan<Endpoint>,
  present: readonly Endpoint[],
  { endpoints = [] }: DeclaredEndpoints,
  urls: ChannelUrls,
  relay: Relay,
  io: Parameters<typeof assertReachable>[2],
): Promise<PlanWithUrls> {
  const newUrls = new Map<EndpointId, string>();
  let { update } = plan;
  for (const endpoint of endpoints.filter(isChannel)) {
    const { id, destination } = endpoint;
    assertReadsChannels(relay);
    assertOwnSecret(`${id} secretId`, destination.secretId, id, relay);
    const [url, stored] = [urls.get(id), await storedChannelUrl(endpoint, relay)];
    if (url === undefined && stored === undefined)
      throw new UsageError(
        `${id} urlFile: nothing, and its secret has no URL; allowed: the path of a file that holds the URL`,
      );
    if (url === undefined || url === stored) continue;
    assertReachable(endpoint, relay, io, url);
    newUrls.set(id, url);
    const before = present.find((each) => each.id === id);
    if (!before) continue;
    const planned = update.find(({ after }) => after.id === id) ?? { before, after: before, lines: [] };
    const changed = { ...planned, lines: [...planned.lines, hiddenUrlLine] };
    update = [...update.filter(({ after }) => after.id !== id), changed];
  }
  return { ...plan, update, newUrls };
}

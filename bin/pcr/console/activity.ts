import pMap from 'p-map';
import type { ListedDelivery } from '../../../lambdas/core/delivery.ts';
import type { EndpointId, MessageId } from '../../../lambdas/core/ids.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { allEndpointIds, deliveriesOfMessages, statusOf } from '../deliveries/find-deliveries.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import type { ListedVersion } from '../stores/version-list.ts';
import type { ActivityDelivery, ActivityRow, ActivityView } from './api.ts';

const mostRows = 50;
/** After this time a version that has no delivery at an endpoint gets none. */
const fanOutMs = 120_000;

interface Known {
  readonly row: ActivityRow;
  readonly messageId: MessageId;
  /** When its deliveries were read. */
  readonly readAtMs: number;
}

type Deps = Pick<Relay, 'records' | 'deliveries' | 'endpoints'> & { readonly clock: Clock };

/** What became of the newest versions. */
export class Activity {
  readonly #deps: Deps;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** An action may have moved deliveries that had ended: all are read again. */
  forget(): void {
    this.#known = new Map();
  }

  /** @param newest newest first */
  async view(newest: readonly ListedVersion[]): Promise<ActivityView> {
    const endpointIds = await allEndpointIds(this.#deps);
    const found = await pMap(newest.slice(0, mostRows), (each) => this.#find(each, endpointIds), {
      concurrency,
    });
    const known = found.flatMap((each) => each ?? []);
    this.#known = new Map(known.map((each) => [nameOf(each.row), each]));
    return { rows: known.map(({ row }) => row) };
  }

  async #find(listed: ListedVersion, endpointIds: readonly EndpointId[]): Promise<Known | undefined> {
    const before = this.#known.get(nameOf(listed));
    const nowMs = this.#deps.clock.nowMs();
    if (before && isFresh(before, nowMs)) return before;
    // An erasure may have removed it, or it was edited by hand.
    const version = before ? undefined : await ifReadable(() => this.#deps.records.version(listed));
    const row = before?.row ?? (version && rowOf(version, listed));
    const messageId = before?.messageId ?? version?.messageId;
    if (!row || !messageId) return undefined;
    const deliveries = await deliveriesOfMessages([messageId], endpointIds, this.#deps);
    const isSettled = nowMs - Date.parse(row.knownAt) > fanOutMs && deliveries.every(hasEnded);
    const outcomes = deliveries.map((entry) => activityOf(entry, row.eventAt));
    return { row: { ...row, deliveries: outcomes, isSettled }, messageId, readAtMs: nowMs };
  }
}

/** The older a version is, the more rarely its deliveries are read: one may wait for days. */
function isFresh({ row, readAtMs }: Known, nowMs: number): boolean {
  return nowMs - readAtMs < (nowMs - Date.parse(row.knownAt)) / 20;
}

function nameOf(version: Pick<ActivityRow, 'catalog' | 'kind' | 'id' | 'version'>): string {
  return `${version.catalog}/${version.kind}/${version.id}#${version.version}`;
}

function rowOf(version: Version, { knownAt }: ListedVersion): ActivityRow {
  const { messageId, catalog, kind, id, type, topics, attributes, cause } = version;
  const { title, customerName: customer } = attributes;
  const { detailType, eventTime: eventAt } = cause;
  const number = version.version;
  return {
    messageId,
    catalog,
    kind,
    id,
    version: number,
    type,
    topics,
    title,
    customer,
    detailType,
    eventAt,
    knownAt,
    deliveries: [],
    isSettled: false,
  };
}

function activityOf(entry: ListedDelivery, eventAt: string): ActivityDelivery {
  const { id, endpointId } = entry;
  const status = statusOf(entry);
  if ('unreadable' in entry) return { id, endpointId, status, attempts: 0 };
  const last = entry.attempts?.at(-1);
  const endMs = last && epochMsOf(last.startedAt) + last.durationMs;
  return {
    id,
    endpointId,
    status,
    attempts: entry.attemptNumber,
    httpStatus: last?.status,
    afterMs: endMs === undefined ? undefined : Math.max(0, Math.round(endMs - Date.parse(eventAt))),
  };
}

function hasEnded(entry: ListedDelivery): boolean {
  const status = statusOf(entry);
  return status !== 'pending' && status !== 'held';
}

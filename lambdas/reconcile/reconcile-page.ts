import { addMs, type Instant, instantOf } from '../core/instant.ts';
import { endlessList } from '../core/page-tokens.ts';
import { earliest, latest, type Progress, withNextToken } from '../core/pass.ts';
import { recordPath } from '../core/record.ts';
import { compareItem, type Difference, hasUnreadableTimestamp } from './compare.ts';
import type { ReconcileDeps } from './deps.ts';
import type { ListedItem, PartnerList } from './lists.ts';
import { sendFindings } from './send-findings.ts';
import { coversWholeList, isFirstPass, type StartedPass } from './start-pass.ts';
import { listLagMs } from './timing.ts';

/**
 * Reads the next page of a list and sends a finding for each record that the table lacks or holds
 * in an older state.
 * @returns the new progress. It has no `nextToken` after the last page.
 * @throws ServiceError `partner-central.*`, `quota.waiting`, `store.unavailable`,
 * `queue.unavailable`.
 */
export async function reconcilePage(
  pass: StartedPass,
  list: PartnerList,
  deps: ReconcileDeps,
): Promise<Progress> {
  const { partnerCentral, clock, metrics } = deps;
  const { catalog } = pass.key;
  const { progress, watermark } = pass.state;
  const readAt = instantOf(clock.nowMs());
  const from = coversWholeList(pass) ? undefined : watermark;
  const page = await list.read(partnerCentral, catalog, from, progress.nextToken);
  const items = page.items.flatMap((item) => list.item(item) ?? []);
  const different = await findDifferences(pass, list, items, readAt, deps);
  const findings = different.map(({ item: { id, known }, difference: { listed } }) => {
    return { catalog, kind: list.kind, id, listed, known };
  });
  await sendFindings(pass.key, progress.startedAt, readAt, findings, deps);
  const unusable = page.items.length - items.length;
  metrics.count('ListItemsUnusable', unusable);

  const changed = different.filter(({ difference }) => difference.isChange);
  const advanced = {
    ...progress,
    newestTimestamp: settledTimestamps(items, progress.startedAt).reduce(latest, progress.newestTimestamp),
    oldestChange: timestampsOf(changed.map(({ item }) => item)).reduce(earliest, progress.oldestChange),
    pages: progress.pages + 1,
    items: progress.items + page.items.length,
    findings: progress.findings + findings.length,
    changes: progress.changes + changed.length,
    missing: progress.missing + changed.filter(({ difference }) => difference.isMissing).length,
    unusable: progress.unusable + unusable,
  };
  const next = withNextToken(advanced, progress.nextToken, page.nextToken);
  if (!next) throw endlessList(list.kind, advanced.pages);
  return next;
}

interface DifferentItem {
  readonly item: ListedItem;
  readonly difference: Difference;
}

/**
 * Compares the items of a page with the table, and counts timestamps that cannot be read. A record
 * that is listed twice is compared and counted once.
 */
async function findDifferences(
  pass: StartedPass,
  { kind }: PartnerList,
  items: readonly ListedItem[],
  now: Instant,
  { index, timing, metrics }: ReconcileDeps,
): Promise<readonly DifferentItem[]> {
  const { catalog } = pass.key;
  const byPath = new Map(items.map((item) => [recordPath({ catalog, kind, id: item.id }), item]));
  const heads = await index.readHeads(items.map(({ id }) => ({ catalog, kind, id })));
  const unreadable = [...byPath].filter(([path, item]) => hasUnreadableTimestamp(item, heads.get(path)));
  metrics.count('TimestampsUnreadable', unreadable.length);
  const { startedAt, full } = pass.state.progress;
  const { eventGraceMs, lagMs } = timing;
  const comparison = { kind, startedAt, full, first: isFirstPass(pass), now, eventGraceMs, lagMs };
  return [...byPath].flatMap(([path, item]) => {
    const head = heads.get(path);
    // Every read of it would be refused, until an operator repairs it.
    if (head === 'set-aside') return [];
    const difference = compareItem(item, head, comparison);
    return difference ? [{ item, difference }] : [];
  });
}

/**
 * Timestamps before the lag of the list. When the pass started, the list contained everything up to
 * them. A newer item may have appeared on a page that was read before; the next pass reads it.
 */
function settledTimestamps(items: readonly ListedItem[], startedAt: Instant): readonly Instant[] {
  const latestSettled = addMs(startedAt, -listLagMs);
  return timestampsOf(items).filter((timestamp) => timestamp <= latestSettled);
}

function timestampsOf(items: readonly ListedItem[]): readonly Instant[] {
  return items.flatMap(({ lastModifiedAt }) => lastModifiedAt ?? []);
}

import { addMs, type Instant, instantOf } from '../core/instant.ts';
import { earliest, latest, type Progress } from '../core/pass.ts';
import { recordPath } from '../core/record.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import { type Compared, compare } from './compare.ts';
import { type Passing, sendFindings } from './ending.ts';
import type { ListedItem, PartnerList } from './lists.ts';
import { isFirst, type StartedPass, seesAll } from './start.ts';
import { listLagMs } from './timing.ts';

/** What taking a page needs of the world. */
export interface PagePassing extends Passing {
  readonly partnerCentral: PartnerCentral;
  readonly index: Pick<RecordIndex, 'readHeads'>;
}

/**
 * Reads the next page of a list, and sends what of it the table lacks.
 * @returns how far the pass has got; without a `nextToken` where that was the last page.
 * @throws ServiceError of `partner-central.*`, `quota.waiting`, `store.unavailable`, `queue.unavailable`.
 */
export async function passOverPage(
  pass: StartedPass,
  list: PartnerList,
  deps: PagePassing,
): Promise<Progress> {
  const { partnerCentral, clock, metrics } = deps;
  const { catalog } = pass.key;
  const { progress, watermark } = pass.state;
  const seenAt = instantOf(clock.nowMs());
  const from = seesAll(pass) ? undefined : watermark;
  const page = await list.read(partnerCentral, catalog, from, progress.nextToken);
  const items = page.items.flatMap((item) => list.item(item) ?? []);
  const found = await newsOf(pass, list, items, seenAt, deps);
  const findings = found.map(({ item: { id, known }, compared: { listed } }) => {
    return { catalog, kind: list.kind, id, listed, known };
  });
  await sendFindings(pass.key, progress.startedAt, seenAt, findings, deps);
  metrics.count('ListItemsUnusable', page.items.length - items.length);

  const changed = found.filter(({ compared }) => compared.changed);
  return {
    ...progress,
    nextToken: page.nextToken,
    highestStamp: settledStamps(items, progress.startedAt).reduce(latest, progress.highestStamp),
    oldestChange: stampsOf(changed.map(({ item }) => item)).reduce(earliest, progress.oldestChange),
    pages: progress.pages + 1,
    items: progress.items + page.items.length,
    findings: progress.findings + found.length,
    changes: progress.changes + changed.length,
    unusable: progress.unusable + page.items.length - items.length,
  };
}

interface News {
  readonly item: ListedItem;
  readonly compared: Compared;
}

/** What of a page has to be sent, each record once. */
async function newsOf(
  pass: StartedPass,
  { kind }: PartnerList,
  items: readonly ListedItem[],
  now: Instant,
  { index, timing }: PagePassing,
): Promise<readonly News[]> {
  const { catalog } = pass.key;
  const byPath = new Map(items.map((item) => [recordPath({ catalog, kind, id: item.id }), item]));
  const stamps = await index.readHeads(items.map(({ id }) => ({ catalog, kind, id })));
  const { startedAt, full } = pass.state.progress;
  const comparison = { kind, startedAt, full, first: isFirst(pass), now, tellingMs: timing.tellingMs };
  return [...byPath].flatMap(([path, item]) => {
    const compared = compare(item, stamps.get(path), comparison);
    return compared ? [{ item, compared }] : [];
  });
}

/**
 * Stamps so old that the list held everything older when the pass began. Beyond them something may have come in behind a page
 * that was taken already: the next pass looks there again.
 */
function settledStamps(items: readonly ListedItem[], startedAt: Instant): readonly Instant[] {
  const youngest = addMs(startedAt, -listLagMs);
  return stampsOf(items).filter((stamp) => stamp <= youngest);
}

function stampsOf(items: readonly ListedItem[]): readonly Instant[] {
  return items.flatMap(({ lastModifiedAt }) => lastModifiedAt ?? []);
}

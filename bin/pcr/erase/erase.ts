import { type DeliveryId, deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import { eraseRecord } from '../../../lambdas/core/version.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { type AppendDeps, tryAppend } from '../../../lambdas/records/append.ts';
import { finishVersion } from '../../../lambdas/records/finish-version.ts';
import { withOptimisticLock } from '../../../lambdas/records/optimistic-lock.ts';
import type { DeliveryLog } from '../stores/delivery-log.ts';
import type { FoundContent } from '../stores/erasure-contents.ts';
import type { ErasureRows, FoundDelivery } from '../stores/erasure-rows.ts';
import { textsOfBody, wordsOf } from './parked-texts.ts';

/** What to erase: one record, or every record that names a customer or an e-mail address. */
export type ErasureSelection =
  | { readonly record: RecordKey }
  | { readonly customer: string }
  | { readonly email: string };

/** What a search of the parked queues found. */
export interface ParkedSearch {
  /** Selected messages. */
  readonly found: number;
  /**
   * About how many messages could not be searched: another consumer holds them, or a queue has more
   * than one search reads.
   */
  readonly notSearched: number;
}

/** Parked messages about erased records. */
export interface ParkedErasure {
  count(isSelected: (body: string) => boolean): Promise<ParkedSearch>;
  drop(isSelected: (body: string) => boolean): Promise<ParkedSearch>;
}

export interface EraseDeps {
  readonly records: AppendDeps['records'];
  readonly rows: ErasureRows;
  readonly deliveries: Pick<DeliveryLog, 'cancel' | 'hurry'>;
  readonly parked: ParkedErasure;
  readonly clock: Clock;
}

/** What an erasure changes, or has changed. */
export interface Erasure {
  readonly records: readonly string[];
  readonly versions: number;
  /** Pending and held deliveries, which are cancelled. */
  readonly deliveries: number;
  /** Deliveries whose stored answers are removed. */
  readonly answers: number;
  /** Ended commands whose values are removed. */
  readonly commands: number;
  /** Commands that have not ended: they keep their values. */
  readonly waitingCommands: number;
  readonly parked: number;
  /** Parked messages that could not be searched. */
  readonly notSearched: number;
  /** Deliveries that could not be searched, because their rows were edited by hand. */
  readonly unreadable: readonly UnreadableDelivery[];
}

export interface UnreadableDelivery {
  readonly id: DeliveryId;
  readonly problems: readonly string[];
}

interface Plan {
  readonly keys: readonly RecordKey[];
  readonly deliveries: readonly FoundDelivery[];
  readonly open: readonly FoundDelivery[];
  readonly unreadable: readonly FoundDelivery[];
  readonly contents: readonly FoundContent[];
  readonly isParked: (body: string) => boolean;
  readonly versions: number;
}

/** Counts what an erasure would change. Writes nothing. */
export async function planErasure(selection: ErasureSelection, deps: EraseDeps): Promise<Erasure> {
  const plan = await findAll(await keysOf(selection, deps), selection, deps);
  return toErasure(plan, await deps.parked.count(plan.isParked));
}

/**
 * Erases. The new version comes first, because later reads then store no personal data. Versions
 * come last, because they are how an interrupted erasure is found again.
 */
export async function erase(selection: ErasureSelection, deps: EraseDeps): Promise<Erasure> {
  const keys = await keysOf(selection, deps);
  for (const key of keys) await appendErased(key, deps);
  const plan = await findAll(keys, selection, deps);
  for (const delivery of plan.open) {
    await deps.deliveries.cancel(delivery.id, 'erased');
    await hurrySuccessor(delivery, deps);
  }
  for (const delivery of plan.deliveries) await deps.rows.removeAnswers(delivery);
  for (const content of plan.contents) if (content.hasEnded) await deps.rows.removeContent(content);
  const parked = await deps.parked.drop(plan.isParked);
  for (const key of keys) {
    await deps.rows.eraseVersions(key);
    // A read may have stored the record for the first time meanwhile.
    if (await appendErased(key, deps)) await deps.rows.eraseVersions(key);
  }
  return toErasure(plan, parked);
}

/** The delivery of the next version may wait for the next attempt of the cancelled one. */
async function hurrySuccessor(
  { record, version, endpointId }: FoundDelivery,
  { records, deliveries, clock }: EraseDeps,
): Promise<void> {
  const key = parseRecordPath(record ?? '');
  if (!key || version === undefined || !endpointId) return;
  const next = await ifReadable(() => records.messageIds({ ...key, version: version + 1 }));
  if (next) await deliveries.hurry(deliveryIdOf(next.messageId, endpointId), instantOf(clock.nowMs()));
}

async function keysOf(selection: ErasureSelection, { rows }: EraseDeps): Promise<readonly RecordKey[]> {
  if (!('record' in selection)) return rows.find(matcherOf(selection));
  const { record } = selection;
  // The AWS-side summary of an opportunity has the same id.
  return record.kind === 'opportunity' ? [record, { ...record, kind: 'aws-opportunity-summary' }] : [record];
}

/** A customer is a whole text, an address may stand in the middle of one. In any case. */
function matcherOf(selection: ErasureSelection): (texts: readonly string[]) => boolean {
  if ('record' in selection) return () => false;
  const isCustomer = 'customer' in selection;
  const wanted = (isCustomer ? selection.customer : selection.email).trim().toLowerCase();
  return (texts) =>
    texts.some((text) => {
      const lower = text.toLowerCase();
      return isCustomer ? lower.trim() === wanted : lower.includes(wanted);
    });
}

/** @returns whether a version was appended: the record is stored, and was not erased. */
async function appendErased(key: RecordKey, { records, clock }: EraseDeps): Promise<boolean> {
  const eventTime = instantOf(clock.nowMs());
  const cause = { detailType: 'pcr erase', eventIds: [], eventTime };
  const deps = { records, clock, outboxGraceMs: 0 };
  return withOptimisticLock(key, await records.current(key), records, async (current) => {
    if (!current) return false;
    if (current.erased) {
      // Before the earlier versions are erased: its changes are computed from theirs.
      await finishVersion(current, deps);
      return false;
    }
    return (await tryAppend(current, eraseRecord(current, cause), deps)) || undefined;
  });
}

async function findAll(
  keys: readonly RecordKey[],
  selection: ErasureSelection,
  { rows }: EraseDeps,
): Promise<Plan> {
  const unerased = new Set<string>();
  for (const key of keys)
    for (const version of await rows.unerasedVersions(key)) unerased.add(`${recordPath(key)} ${version}`);
  const paths = new Set<string | undefined>(keys.map(recordPath));
  const { deliveries: all, contents } = await rows.webhookRows(matcherOf(selection));
  const deliveries = all.filter(({ record, matches }) => paths.has(record) || matches);
  const ofRecords = deliveries.filter(({ record }) => paths.has(record));
  // A delivery of an unknown version is cancelled too.
  const open = ofRecords.filter(
    ({ isOpen, record, version }) =>
      isOpen && (version === undefined || unerased.has(`${record} ${version}`)),
  );
  // The answers of other records are searched for a text only.
  const isSearched = ({ record, problems }: FoundDelivery) =>
    problems.length === 0 || (record !== undefined && 'record' in selection);
  const unreadable = all.filter((each) => !deliveries.includes(each) && !isSearched(each));
  const names = new Set<string>([...keys.map(({ id }) => id), ...ofRecords.map(({ id }) => id)]);
  const hasText = matcherOf(selection);
  const isParked = (body: string) => {
    const texts = textsOfBody(body);
    return texts.some((text) => wordsOf(text).some((word) => names.has(word))) || hasText(texts);
  };
  const found = contents.filter(({ record, matches }) => paths.has(record) || matches);
  return { keys, deliveries, open, unreadable, contents: found, isParked, versions: unerased.size };
}

function toErasure(
  { keys, deliveries, open, unreadable, contents, versions }: Plan,
  { found, notSearched }: ParkedSearch,
): Erasure {
  return {
    records: keys.map(recordPath),
    versions,
    deliveries: open.length,
    answers: deliveries.filter(({ answers }) => answers.length > 0).length,
    commands: contents.filter(({ hasEnded }) => hasEnded).length,
    waitingCommands: contents.filter(({ hasEnded }) => !hasEnded).length,
    parked: found,
    notSearched,
    unreadable: unreadable.map(({ id, problems }) => ({ id, problems })),
  };
}

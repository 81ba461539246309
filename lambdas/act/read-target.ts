import { commandDetailType } from '../core/command-version.ts';
import { engagementTimestamp } from '../core/engagement-context.ts';
import { longestLagMs } from '../core/freshness.ts';
import { addMs, type Instant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { AnsweredCall, LineKey } from '../core/line.ts';
import { redactIfTakenAway } from '../core/redaction.ts';
import { relatedIds } from '../core/related-ids.ts';
import { isFailure } from '../core/service-error.ts';
import { compareTimestampTexts } from '../core/timestamp-text.ts';
import type { Observation, RecordState, Solution } from '../core/version.ts';
import type { AddEchoesDeps } from '../records/add-echoes.ts';
import { readEngagement } from '../records/read-engagement.ts';
import { type Refusal, readOrRefusal } from '../records/read-or-refusal.ts';
import { storeObservation } from '../records/store-observation.ts';
import type { ActDeps } from './deps.ts';
import { type LineWork, nowOf, tryUpdate, waits } from './work.ts';

export type TargetRead =
  | { readonly kind: 'read'; readonly payload: JsonObject; readonly beganAt: Instant }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly beganAt: Instant }
  /** The answer is from before a state or a call that is known: read again later. */
  | { readonly kind: 'behind' };

/**
 * Reads the record of a line and stores the answer like any other, so that what is written is based
 * on AWS's answer and never on what is stored.
 * @param commandId names the command in the cause of the version
 * @throws ServiceError as at the ports PartnerCentral and RecordStore.
 */
export async function readTarget(work: LineWork, commandId: string, deps: ActDeps): Promise<TargetRead> {
  const { line } = work.claimed;
  const read = await readRecord(keyOf(line), commandId, { ...deps, lines: claimedLines(work, deps) });
  const { beganAt } = read;
  if (read.kind === 'refused') return isTooNew(line.answered, read, deps) ? { kind: 'behind' } : read;
  const { payload } = read;
  if (read.isBehind || (line.answered && isBeforeAnswer(line.answered, payload, beganAt, deps)))
    return { kind: 'behind' };
  if (line.answered) await finishAnswered(work, line.answered, payload, beganAt, deps);
  return { kind: 'read', payload, beganAt };
}

type RefusedRead = Extract<TargetRead, { readonly kind: 'refused' }>;

/** Reads a record and stores the answer. */
export async function readRecord(
  key: LineKey,
  commandId: string,
  deps: ActDeps,
): Promise<
  | RefusedRead
  | {
      readonly kind: 'read';
      readonly payload: JsonObject;
      readonly beganAt: Instant;
      /** The answer is older than what is stored. */
      readonly isBehind: boolean;
    }
> {
  const beganAt = nowOf(deps);
  const read = await readOrRefusal(() => get(key, deps));
  if ('refusal' in read) return { kind: 'refused', refusal: read.refusal, beganAt };
  const payload = read.answer;
  const known = await deps.records.current(key);
  const cause = { detailType: commandDetailType, eventIds: [commandId], eventTime: beganAt };
  const observe = (current: RecordState | undefined): Observation =>
    redactIfTakenAway(
      { key, payload, readAt: beganAt, cause, solutions: solutionsIn(payload, current) },
      deps.redactRejected,
    );
  const { outcome } = await storeObservation(key, known, observe, { lines: deps.commands, ...deps });
  return { kind: 'read', payload, beganAt, isBehind: outcome === 'behind' || outcome === 'stale' };
}

/** A record that a call has just made may not be found yet. */
function isTooNew(
  answered: AnsweredCall | undefined,
  { refusal, beganAt }: RefusedRead,
  { timeScale, lagMs = longestLagMs }: ActDeps,
): boolean {
  const wasAnswered =
    answered && beganAt < addMs(answered.answeredAt, Math.max(lagMs, waits.lag * timeScale));
  return wasAnswered === true && isFailure(refusal, 'partner-central.not-found');
}

/** Only this worker changes the line that it has claimed, so its copy is what is stored. */
function claimedLines(work: LineWork, { commands }: ActDeps): AddEchoesDeps['lines'] {
  return { line: async () => work.claimed.line, content: commands.content };
}

function keyOf({ catalog, kind, id }: LineKey): LineKey {
  return { catalog, kind, id };
}

async function get({ catalog, kind, id }: LineKey, { partnerCentral }: ActDeps): Promise<JsonObject> {
  if (kind === 'opportunity') return partnerCentral.getOpportunity(catalog, id);
  if (kind === 'engagement-invitation') return partnerCentral.getEngagementInvitation(catalog, id);
  return (await readEngagement({ catalog, id }, { partnerCentral })).payload;
}

/** The solutions of an opportunity, with the names that are stored. `hydrate` reads new names. */
function solutionsIn(payload: JsonObject, current: RecordState | undefined): Solution[] {
  const names = new Map(current?.solutions.map(({ id, name }) => [id, name]));
  return relatedIds(payload, 'Solutions').map((id) => ({ id, name: names.get(id) }));
}

/**
 * Whether a read may be from before a call that AWS has answered. A read that began later than the
 * longest lag is not, whatever its timestamp says: AWS's clock may go backwards.
 */
function isBeforeAnswer(
  { timestamp, answeredAt }: AnsweredCall,
  payload: JsonObject,
  beganAt: Instant,
  { timeScale, lagMs = longestLagMs }: ActDeps,
): boolean {
  if (beganAt >= addMs(answeredAt, lagMs)) return false;
  const own = textAt(payload, 'LastModifiedDate') ?? engagementTimestamp(payload);
  const order =
    timestamp === undefined || own === undefined ? undefined : compareTimestampTexts(own, timestamp);
  return order === undefined ? beganAt < addMs(answeredAt, waits.lag * timeScale) : order < 0;
}

/** A review takes longer. A later change of the status is a step of AWS's review. */
const regressionMs = 60_000;

/** Compares the ReviewStatus with the one that was sent, and forgets the call. */
async function finishAnswered(
  work: LineWork,
  { commandId, reviewStatus, answeredAt }: AnsweredCall,
  payload: JsonObject,
  beganAt: Instant,
  deps: ActDeps,
): Promise<void> {
  const found = textAt(payload, 'LifeCycle', 'ReviewStatus');
  const isSoon = beganAt < addMs(answeredAt, regressionMs);
  if (reviewStatus !== undefined && (found === undefined || (isSoon && found !== reviewStatus))) {
    deps.metrics.count('ReviewStatusRegressed');
    deps.log.error('review.regressed', { correlationId: commandId, opportunityId: work.claimed.line.id });
  }
  await tryUpdate(work, { answered: null }, deps);
}

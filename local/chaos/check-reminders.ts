import { parseInstant } from '../../lambdas/core/instant.ts';
import { textAt } from '../../lambdas/core/json.ts';
import { isSameJson } from '../../lambdas/core/json-text.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { isBeforeErasure } from './check-erased.ts';
import type { Evidence, Violation } from './evidence.ts';

/** For clocks that are off. */
const slackMs = 120_000;

/** Promise 16: one reminder for each situation that lasts long enough, and none for any other. */
export function checkReminders(evidence: Evidence): Violation[] {
  const { versions, reminders } = evidence;
  if (!reminders) return [];
  return [...versions].flatMap(([path, all]) =>
    path.includes('/opportunity/')
      ? [...reminders.afterMs].flatMap(([name, afterMs]) =>
          problemsOf(name, afterMs, all, reminders.passAtMs).map(
            (what): Violation => ({ promise: 16, path, what }),
          ),
        )
      : [],
  );
}

/** Versions one after the other that are in the same situation. */
interface Situation {
  readonly first: Version;
  /** What tells this situation from the one before. */
  readonly mark: string | undefined;
  readonly announced: readonly Version[];
}

function problemsOf(
  name: string,
  afterMs: number,
  all: readonly Version[],
  passAtMs: number | undefined,
): string[] {
  const situations = situationsIn(name, all);
  const wrong = all
    .filter((version) => announces(version, name))
    .flatMap((version) => wrongIn(version, all, name, afterMs, situations));
  const twice = situations
    .filter(({ announced }) => announced.length > 1)
    .map(({ announced }) => `has the reminder ${name} in versions ${announced.map(numberOf).join(' and ')}`);
  const newest = all.at(-1);
  const isMissing = newest && passAtMs !== undefined && misses(newest, situations, name, passAtMs - afterMs);
  return [...wrong, ...twice, ...(isMissing ? [`has no reminder ${name}`] : [])];
}

function situationsIn(name: string, all: readonly Version[]): readonly Situation[] {
  const situations: Situation[] = [];
  for (const version of all) {
    const mark = markOf(name, version);
    const present = situations.at(-1);
    const announced = announces(version, name) ? [version] : [];
    if (present && present.mark === mark)
      situations.splice(-1, 1, { ...present, announced: [...present.announced, ...announced] });
    else situations.push({ first: version, mark, announced });
  }
  return situations;
}

/** Undefined if the opportunity is not in the situation. */
function markOf(name: string, { payload }: Version): string | undefined {
  if (name === 'idle') return parseInstant(payload['LastModifiedDate']);
  if (name === 'close_date_passed') return textAt(payload, 'LifeCycle', 'TargetCloseDate');
  const status = textAt(payload, 'LifeCycle', 'ReviewStatus') ?? '';
  const statuses = name === 'review_overdue' ? ['Submitted', 'In review'] : ['Action Required'];
  return statuses.includes(status) ? 'waits' : undefined;
}

/** Problems of one reminder. */
function wrongIn(
  version: Version,
  all: readonly Version[],
  name: string,
  afterMs: number,
  situations: readonly Situation[],
): string[] {
  const before = all[all.indexOf(version) - 1];
  const situation = situations.find(({ announced }) => announced.includes(version));
  const sinceMs = Date.parse(version.announcedReminders?.[name] ?? '');
  const latestMs = situation ? latestBeginningOf(situation, name) : Number.NaN;
  const isRight =
    situation?.mark !== undefined && (isWait(name) ? sinceMs <= latestMs + slackMs : sinceMs === latestMs);
  const problems = [
    ...(isRight ? [] : ['is about no such situation']),
    ...(Date.parse(version.cause.eventTime) - sinceMs >= afterMs ? [] : ['is too early']),
    ...(before && isSameJson(before.payload, version.payload) ? [] : ['has another record']),
    ...(hasEnded(version) ? ['is about an opportunity that has ended'] : []),
    // An erasure marks the versions before it too.
    ...(version.erased && !isBeforeErasure(version, all) ? ['is about an erased opportunity'] : []),
  ];
  return problems.map((problem) => `version ${version.version} with the reminder ${name} ${problem}`);
}

/** Whether a situation began at this time or before, and no version announces it. */
function misses(
  newest: Version,
  situations: readonly Situation[],
  name: string,
  dueIfBeforeMs: number,
): boolean {
  const situation = situations.at(-1);
  const isOver = newest.erased === true || hasEnded(newest);
  if (situation?.mark === undefined || situation.announced.length > 0 || isOver) return false;
  const beganAtMs = latestBeginningOf(situation, name);
  // A date that was announced before another one took its place is not announced again.
  if (beganAtMs === Date.parse(newest.announcedReminders?.[name] ?? '')) return false;
  return beganAtMs + slackMs <= dueIfBeforeMs;
}

/** When a situation began, or for a wait: when it had begun, as far as the versions tell. */
function latestBeginningOf({ first, mark = '' }: Situation, name: string): number {
  if (!isWait(name)) return Date.parse(mark);
  return Math.max(Date.parse(first.readAt), Date.parse(first.occurredAt));
}

function isWait(name: string): boolean {
  return name === 'review_overdue' || name === 'action_required_unanswered';
}

function announces({ topics }: Version, name: string): boolean {
  return topics.includes(`opportunity.${name}`);
}

function numberOf({ version }: Version): number {
  return version;
}

function hasEnded({ payload }: Version): boolean {
  const stage = textAt(payload, 'LifeCycle', 'Stage') ?? '';
  const status = textAt(payload, 'LifeCycle', 'ReviewStatus') ?? '';
  return ['Launched', 'Closed Lost'].includes(stage) || status === 'Rejected';
}

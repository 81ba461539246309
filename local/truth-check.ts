import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, omitNulls, textAt } from '../lambdas/core/json.ts';
import { redactPayload } from '../lambdas/core/redaction.ts';
import type { RecordState } from '../lambdas/core/version.ts';
import { applyChanges } from './apply-changes.ts';
import type { Receipt } from './receiver.ts';

/** What Partner Central holds of one record in the end. */
export interface Truth {
  readonly body: JsonObject;
  /** Access was taken away: what had been read before, and the status that the event told, are all that can be known. */
  readonly inaccessible: boolean;
}

/** What was seen from outside: the table, the messages, and the events that were told. */
export interface Observed {
  readonly states: ReadonlyMap<string, RecordState>;
  readonly receipts: readonly Receipt[];
  /** Of the events that were put on the bus. */
  readonly eventIds: ReadonlySet<string>;
}

export interface TruthComparison {
  /** Records that the table lacks, and versions that never came to the receiver. */
  readonly lost: readonly string[];
  /** Records whose newest state, in the table or at the receiver, is not Partner Central's. */
  readonly stale: readonly string[];
  /** Messages that contradict themselves, each other or what happened. */
  readonly wrong: readonly string[];
}

/** Compares what Partner Central holds with what the table holds and what the receiver got; believes nobody's counters. */
export function compareWithTruth(truth: ReadonlyMap<string, Truth>, seen: Observed): TruthComparison {
  const received = Map.groupBy(seen.receipts, ({ path }) => path);
  const paths = new Set([...truth.keys(), ...seen.states.keys(), ...received.keys()]);
  const verdicts = [...paths].map((path) =>
    checkRecord(path, truth.get(path), seen.states.get(path), received.get(path) ?? [], seen.eventIds),
  );
  return {
    lost: verdicts.flatMap(({ lost }) => lost),
    stale: verdicts.flatMap(({ stale }) => stale),
    wrong: verdicts.flatMap(({ wrong }) => wrong),
  };
}

function checkRecord(
  path: string,
  truth: Truth | undefined,
  state: RecordState | undefined,
  receipts: readonly Receipt[],
  eventIds: ReadonlySet<string>,
): TruthComparison {
  if (!truth) return { lost: [], stale: [], wrong: [`${path} is known here, and nowhere else`] };
  if (!state) return { lost: [path], stale: [], wrong: [] };
  const numbers = Array.from({ length: state.version }, (_, index) => index + 1);
  const byVersion = Map.groupBy(receipts, ({ version }) => version);
  const missing = numbers
    .filter((version) => !byVersion.has(version))
    .map((version) => `${path} version ${version}`);
  const newest = byVersion.get(state.version)?.[0];
  // A newest message that never came is lost, not stale; what the table holds is judged all the same.
  const upToDate =
    isTrue(state.payload, truth, state.version) &&
    (!newest || isDeepStrictEqual(newest.record, state.payload));
  const wrong = numbers.flatMap((version) => {
    const [first, ...repeats] = byVersion.get(version) ?? [];
    if (!first) return [];
    const before = byVersion.get(version - 1)?.[0];
    return [
      ...repeats
        // What was taken out of a rejected invitation is missing when an earlier message is sent again.
        .filter((each) => each.webhookId !== first.webhookId || !isRepeat(each, first, state.redacted))
        .map(() => 'comes in two forms'),
      ...(before || version === 1 ? problemsOf(first, before, state.redacted) : []),
      ...(first.eventIds.length > 0 && first.eventIds.every((id) => eventIds.has(id) || isRun(id))
        ? []
        : ['has a cause that never happened']),
    ].map((problem) => `${path} version ${version} ${problem}`);
  });
  return { lost: missing, stale: upToDate ? [] : [path], wrong };
}

/** The same bytes; of a redacted record the same but for what was taken out. */
function isRepeat(each: Receipt, first: Receipt, isRedacted: boolean): boolean {
  if (each.body === first.body || !isRedacted) return each.body === first.body;
  return isDeepStrictEqual(redactPayload(each.record), redactPayload(first.record));
}

/** What `reconcile` found has a run of it for its cause. */
function isRun(id: string): boolean {
  return id.startsWith('run_');
}

function isTrue(found: JsonObject, { body, inaccessible }: Truth, version: number): boolean {
  const whole = omitNulls(body);
  const shown = whole['Status'] === 'REJECTED' || inaccessible ? redactPayload(whole) : whole;
  if (!inaccessible) return isDeepStrictEqual(found, shown);
  // The reason of a rejection cannot be read any more, nor anything else where it was never read before.
  const { RejectionReason: _, ...known } = shown;
  if (version > 1) return isDeepStrictEqual(found, known);
  return found['Status'] === known['Status'] && found['Id'] === known['Id'];
}

/** What is new in a message without changes: a link, or that an invitation is about to expire. */
const besideTheRecord = /\.(linked|expiring)$/;

/** What a message says of the step from the version before. */
function problemsOf(
  { type, topics, changes, record, path }: Receipt,
  before: Receipt | undefined,
  isRedacted: boolean,
): string[] {
  // An earlier message may have come before its record lost what is sensitive.
  const shown = (each: JsonObject) => (isRedacted ? redactPayload(each) : each);
  if (before && changes.length === 0)
    return [
      ...(topics.some((topic) => besideTheRecord.test(topic)) ? [] : ['says nothing that is new']),
      ...(isDeepStrictEqual(shown(before.record), shown(record))
        ? []
        : ['has no changes, and another record']),
    ];
  const led = before ? applied(before.record, changes) : record;
  return [
    ...(led && isDeepStrictEqual(shown(led), shown(record))
      ? []
      : ['has changes that do not lead to its record']),
    ...(type === expectedType(path, record, before?.record) ? [] : [`is called ${type}`]),
  ];
}

function applied(record: JsonObject, changes: Receipt['changes']): JsonObject | undefined {
  try {
    return changes.length > 0 ? applyChanges(record, changes) : undefined;
  } catch {
    return undefined;
  }
}

function expectedType(path: string, record: JsonObject, before: JsonObject | undefined): string {
  const kind = (path.split('/')[1] ?? '').replaceAll('-', '_');
  const status = textAt(record, 'Status');
  const settled =
    kind === 'engagement_invitation' && status !== 'PENDING' && status !== textAt(before, 'Status');
  return `${kind}.${settled ? status?.toLowerCase() : before ? 'updated' : 'created'}`;
}

import { type JsonObject, omitNulls, textAt } from '../lambdas/core/json.ts';
import { isSameJson } from '../lambdas/core/json-text.ts';
import { redactPayload } from '../lambdas/core/redaction.ts';
import type { RecordState } from '../lambdas/core/version.ts';
import { applyChanges } from './apply-changes.ts';
import type { Receipt } from './receiver.ts';

/** The final state of one record in Partner Central. */
export interface Truth {
  readonly body: JsonObject;
  /** Access was taken away. Only the last read and the status in the event can be known. */
  readonly inaccessible: boolean;
  /** Other bodies that are as right as `body`. @default none */
  readonly alternatives?: readonly JsonObject[];
  /** It was never read, so only the id and the status are known. @default false */
  readonly neverRead?: boolean;
}

/** What was observed: the table, the received messages, and the events. */
export interface Observed {
  readonly states: ReadonlyMap<string, RecordState>;
  readonly receipts: readonly Receipt[];
  /** Ids of the events that were put on the bus. */
  readonly eventIds: ReadonlySet<string>;
}

export interface TruthComparison {
  /** Records missing from the table, and versions that never reached the receiver. */
  readonly lost: readonly string[];
  /** Records whose newest state, in the table or at the receiver, differs from Partner Central. */
  readonly stale: readonly string[];
  /** Messages that contradict themselves, another message or what happened. */
  readonly wrong: readonly string[];
}

/**
 * Compares Partner Central with the table and the received messages. Uses no counters of the
 * functions.
 */
export function compareWithTruth(truth: ReadonlyMap<string, Truth>, seen: Observed): TruthComparison {
  const received = Map.groupBy(seen.receipts, ({ path }) => path);
  const paths = new Set([...truth.keys(), ...seen.states.keys(), ...received.keys()]);
  const comparisons = [...paths].map((path) =>
    checkRecord(path, truth.get(path), seen.states.get(path), received.get(path) ?? [], seen.eventIds),
  );
  return {
    lost: comparisons.flatMap(({ lost }) => lost),
    stale: comparisons.flatMap(({ stale }) => stale),
    wrong: comparisons.flatMap(({ wrong }) => wrong),
  };
}

function checkRecord(
  path: string,
  truth: Truth | undefined,
  state: RecordState | undefined,
  receipts: readonly Receipt[],
  eventIds: ReadonlySet<string>,
): TruthComparison {
  if (!truth)
    return { lost: [], stale: [], wrong: [`${path} is stored, but Partner Central does not hold it`] };
  if (!state) return { lost: [path], stale: [], wrong: [] };
  const numbers = Array.from({ length: state.version }, (_, index) => index + 1);
  const byVersion = Map.groupBy(receipts, ({ version }) => version);
  const missing = numbers
    .filter((version) => !byVersion.has(version))
    .map((version) => `${path} version ${version}`);
  const newest = byVersion.get(state.version)?.[0];
  // A newest message that was never received counts as lost. The table is compared in any case.
  const upToDate =
    isCurrent(state.payload, truth, state.version) && (!newest || isSameJson(newest.record, state.payload));
  const wrong = numbers.flatMap((version) => {
    const [first, ...repeats] = byVersion.get(version) ?? [];
    if (!first) return [];
    const before = byVersion.get(version - 1)?.[0];
    return [
      ...repeats
        // After redaction an earlier message is sent again without the sensitive data.
        .filter((each) => each.webhookId !== first.webhookId || !isRepeat(each, first, state.redacted))
        .map(() => 'was sent in two forms'),
      ...(before || version === 1 ? problemsOf(first, before, state.redacted) : []),
      ...(first.eventIds.length > 0 && first.eventIds.every((id) => eventIds.has(id) || isOwn(id))
        ? []
        : ['has a cause that does not exist']),
    ].map((problem) => `${path} version ${version} ${problem}`);
  });
  return { lost: missing, stale: upToDate ? [] : [path], wrong };
}

/** A repeat has the same bytes. The repeat of a redacted record may lack the sensitive data. */
function isRepeat(each: Receipt, first: Receipt, isRedacted: boolean): boolean {
  if (each.body === first.body || !isRedacted) return each.body === first.body;
  return isSameJson(redactPayload(each.record), redactPayload(first.record));
}

/** The cause of a finding is the id of a run of `reconcile`, that of a read by `act` a command. */
function isOwn(id: string): boolean {
  return id.startsWith('run_') || id.startsWith('cmd_');
}

function isCurrent(found: JsonObject, truth: Truth, version: number): boolean {
  return [truth.body, ...(truth.alternatives ?? [])].some((body) => isBody(found, body, truth, version));
}

function isBody(
  found: JsonObject,
  body: JsonObject,
  { inaccessible, neverRead = false }: Truth,
  version: number,
): boolean {
  const full = omitNulls(body);
  const expected = full['Status'] === 'REJECTED' || inaccessible ? redactPayload(full) : full;
  if (!inaccessible) return isSameJson(found, expected);
  // The rejection reason can no longer be read. If nothing was read before, only id and status are
  // known.
  const { RejectionReason: _, ...known } = expected;
  if (version > 1 && !neverRead) return isSameJson(found, known);
  return found['Status'] === known['Status'] && found['Id'] === known['Id'];
}

/** Topics of messages without changes: a new link, an invitation that expires soon, a reminder. */
const topicWithoutChanges = /\.(linked|expiring|reminder)$/;

/** Problems of a message compared with the message of the version before. */
function problemsOf(
  { type, topics, changes, record, path }: Receipt,
  before: Receipt | undefined,
  isRedacted: boolean,
): string[] {
  // An earlier message may have been sent before its record was redacted.
  const comparable = (each: JsonObject) => (isRedacted ? redactPayload(each) : each);
  if (before && changes.length === 0)
    return [
      ...(topics.some((topic) => topicWithoutChanges.test(topic)) ? [] : ['contains nothing new']),
      ...(isSameJson(comparable(before.record), comparable(record))
        ? []
        : ['has no changes but a different record']),
    ];
  const changed = before ? tryApply(before.record, changes) : record;
  return [
    ...(changed && isSameJson(comparable(changed), comparable(record))
      ? []
      : ['has changes that do not lead to its record']),
    ...(type === expectedType(path, record, before?.record) ? [] : [`has the type ${type}`]),
  ];
}

function tryApply(record: JsonObject, changes: Receipt['changes']): JsonObject | undefined {
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
    kind === 'engagement_invitation' &&
    finalStatuses.has(status ?? '') &&
    status !== textAt(before, 'Status');
  return `${kind}.${settled ? status?.toLowerCase() : before ? 'updated' : 'created'}`;
}

/** Any other status of an invitation is an update. */
const finalStatuses: ReadonlySet<string> = new Set(['ACCEPTED', 'REJECTED', 'EXPIRED']);

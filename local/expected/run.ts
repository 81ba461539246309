import { at, isJsonArray, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { RecordedResponses } from '../partner-central/recorded-responses.ts';
import type { Truth } from '../truth-check.ts';
import type { EventEnd, Expectation, ListedRecord, RecordEvent } from './answers.ts';
import { catalogs } from './event-end.ts';
import { expectRecord } from './records.ts';

/** What the recordings say about a run: how each event may end, and what must be stored. */
export interface ExpectedRun {
  readonly ends: ReadonlyMap<string, ReadonlySet<EventEnd>>;
  readonly truth: ReadonlyMap<string, Truth>;
}

const lists = [
  ['ListOpportunities', 'OpportunitySummaries', 'opportunity', /^O[0-9]{1,19}$/],
  [
    'ListEngagementInvitations',
    'EngagementInvitationSummaries',
    'engagement-invitation',
    /^engi-[0-9a-z]{13}$/,
  ],
  ['ListEngagements', 'EngagementSummaryList', 'engagement', /^eng-[0-9a-z]{1,64}$/],
] as const;

/** The records that `reconcile` finds in the recorded lists: the same for both catalogs. */
export function listedRecords(responses: RecordedResponses): ListedRecord[] {
  return lists.flatMap(([operation, member, kind, pattern]) => {
    const list = at(tryParseJson(responses.bodyOf(operation, '') ?? ''), member);
    const items = isJsonArray(list) ? list.filter((item) => pattern.test(textAt(item, 'Id') ?? '')) : [];
    return items.flatMap((item) =>
      catalogs.map((catalog) => ({
        operation,
        key: { catalog, kind, id: textAt(item, 'Id') ?? '' },
        item,
      })),
    );
  });
}

/** Computes what the recordings lead to. The variants of responses must be selected before. */
export function expectRun(
  events: readonly RecordEvent[],
  listed: readonly ListedRecord[],
  responses: RecordedResponses,
): ExpectedRun {
  const truth = new Map<string, Truth>();
  const ends = new Map(events.map(({ eventId }) => [eventId, new Set<EventEnd>()]));
  const byPath = Map.groupBy(events, ({ key }) => recordPath(key));
  const listedByPath = Map.groupBy(listed, ({ key }) => recordPath(key));
  const world: Expectation = { truth, ends, responses, reported: new Set(byPath.keys()) };
  const keys = [...events, ...listed].map(({ key }) => key);
  const unique = [...new Map(keys.map((key) => [recordPath(key), key])).values()];
  // Links lead to opportunities, so these come first; engagements ask for invitations.
  for (const kind of ['opportunity', 'engagement-invitation', 'engagement'] as const)
    for (const key of unique.filter((each) => each.kind === kind)) {
      const path = recordPath(key);
      expectRecord[kind](key, byPath.get(path) ?? [], listedByPath.get(path) ?? [], world);
    }
  return { ends, truth };
}

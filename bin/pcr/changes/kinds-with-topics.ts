import { matchesTopic } from '../../../lambdas/core/endpoint.ts';
import { topics as knownTopics } from '../../../lambdas/core/message-type.ts';
import { type RecordKind, recordKinds } from '../../../lambdas/core/record.ts';
import { UsageError } from '../errors.ts';

/**
 * Returns the kinds whose changes are read: the given one, or those that have the topics.
 * @throws UsageError if the given kind has none of the topics
 */
export function kindsWithTopics(
  kind: RecordKind | undefined,
  patterns: readonly string[],
): readonly RecordKind[] {
  if (patterns.length === 0) return [kind ?? 'opportunity'];
  if (kind === undefined)
    return recordKinds.filter((each) => patterns.some((pattern) => hasTopic(each, pattern)));
  const unknown = patterns.find((pattern) => !hasTopic(kind, pattern));
  if (unknown === undefined) return [kind];
  throw new UsageError(
    `--topic ${unknown}: records of kind ${kind} have no such topic; allowed: ${topicsOf(kind).join(', ')}, or a pattern that matches one of them`,
  );
}

function hasTopic(kind: RecordKind, pattern: string): boolean {
  return topicsOf(kind).some((topic) => matchesTopic(pattern, topic));
}

/** `opportunity.updated`, `opportunity.stage_changed` …: a topic begins with its kind. */
function topicsOf(kind: RecordKind): readonly string[] {
  return knownTopics.filter((topic) => topic.startsWith(`${kind.replaceAll('-', '_')}.`));
}

import { testCatalog } from './catalogs.ts';
import { epochMsOf, type Instant, instantOf } from './instant.ts';
import { type Topic, topics } from './message-type.ts';
import type { RecordKey, RecordKind, VersionRef } from './record.ts';
import { commandSample, isCommandTopic } from './sample-commands.ts';
import { recordSample } from './sample-records.ts';
import type { Version } from './version.ts';

/** Topics begin with a name of their kind. Each kind has ids with another prefix. */
const kinds: Readonly<Record<string, { readonly kind: RecordKind; readonly prefix: string }>> = {
  opportunity: { kind: 'opportunity', prefix: 'O' },
  aws_opportunity_summary: { kind: 'aws-opportunity-summary', prefix: 'O' },
  engagement_invitation: { kind: 'engagement-invitation', prefix: 'engi-' },
  engagement: { kind: 'engagement', prefix: 'eng-' },
  command: { kind: 'command', prefix: 'cmd_' },
};

/**
 * A prefix, milliseconds since 1970, two digits for the topic. Every attempt makes the same version
 * from this id alone.
 */
const idPattern = /(\d{13})(\d{2})$/;

/** Names the version that a test of an endpoint delivers. Each millisecond has its own. */
export function sampleRef(topic: Topic, madeAt: Instant): VersionRef {
  const { catalog, kind, id, version } = makeSample(topic, madeAt);
  return { catalog, kind, id, version };
}

/** Returns the made-up version that a test sends, or undefined if the key is not one of a test. */
export function sampleVersion({ catalog, kind, id }: RecordKey): Version | undefined {
  const [, madeAtMs, digits] = idPattern.exec(id) ?? [];
  const topic = topics[Number(digits)];
  if (!madeAtMs || !topic) return undefined;
  const madeAt = instantOf(Number(madeAtMs));
  const key = keyOf(topic, madeAt);
  const isSample = key.catalog === catalog && key.kind === kind && key.id === id;
  return isSample ? makeSample(topic, madeAt) : undefined;
}

/** Makes the version that a test of an endpoint delivers: one that has this type or topic. */
export function makeSample(topic: Topic, madeAt: Instant): Version {
  const key = keyOf(topic, madeAt);
  if (isCommandTopic(topic)) return commandSample(topic, key, madeAt);
  return recordSample(topic, key, madeAt);
}

function keyOf(topic: Topic, madeAt: Instant): RecordKey {
  const known = kinds[topic.slice(0, topic.indexOf('.'))];
  if (!known) throw new TypeError(`no kind of record has the topic ${topic}`);
  const digits = String(topics.indexOf(topic)).padStart(2, '0');
  return { catalog: testCatalog, kind: known.kind, id: `${known.prefix}${epochMsOf(madeAt)}${digits}` };
}

import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { knownAtOf, type Version } from '../../../lambdas/core/version.ts';
import type { ExportColumns, RowOf } from './columns.ts';
import { exportedChanges } from './without-personal-data.ts';

export const changeColumns = {
  catalog: { type: 'text', meaning: '`AWS` or `Sandbox`' },
  kind: { type: 'text', meaning: 'kind of the record, such as `opportunity`' },
  id: { type: 'text', meaning: 'id of the record' },
  version: { type: 'integer', meaning: 'number of the version' },
  changed_at: {
    type: 'time',
    meaning: "when the change happened: AWS's timestamp or, without one, the time of the event",
  },
  known_at: { type: 'time', meaning: 'when the relay learnt of it' },
  type: { type: 'text', meaning: 'type of the message, such as `opportunity.updated`' },
  topics: { type: 'text', meaning: 'topics of the message, separated by spaces; the type is the first' },
  path: {
    type: 'text',
    meaning: 'JSON Pointer of the changed member; empty if the version is the first, or changes no member',
  },
  before: { type: 'text', meaning: 'the value before, as JSON; empty if it was added', personal: 'partly' },
  after: { type: 'text', meaning: 'the value after, as JSON; empty if it was removed', personal: 'partly' },
  cause: { type: 'text', meaning: 'detail-type of the event behind it, or the pass of `reconcile`' },
  message_id: { type: 'text', meaning: 'the `webhook-id` of the version' },
} as const satisfies ExportColumns;

/** Returns a row for each change of a version, or one without a path if it lists no change. */
export function changeRows(
  version: Version,
  hasPersonalData: boolean,
): readonly RowOf<typeof changeColumns>[] {
  const changes = exportedChanges(version, hasPersonalData);
  return (changes.length > 0 ? changes : [undefined]).map((change) => ({
    catalog: version.catalog,
    kind: version.kind,
    id: version.id,
    version: version.version,
    changed_at: version.occurredAt,
    known_at: knownAtOf(version),
    type: version.type,
    topics: version.topics.join(' '),
    path: change?.path,
    before: change?.before === undefined ? undefined : stringifyJson(change.before),
    after: change?.after === undefined ? undefined : stringifyJson(change.after),
    cause: version.cause.detailType,
    message_id: version.messageId,
  }));
}

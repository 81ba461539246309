import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { ExportColumns, RowOf } from './columns.ts';

export const deliveryColumns = {
  id: { type: 'text', meaning: 'id of the delivery' },
  endpoint_id: { type: 'text', meaning: 'endpoint that receives the message' },
  message_id: { type: 'text', meaning: 'the `webhook-id`' },
  catalog: { type: 'text', meaning: 'catalog of the record' },
  kind: { type: 'text', meaning: 'kind of the record' },
  record_id: { type: 'text', meaning: 'id of the record' },
  version: { type: 'integer', meaning: 'number of the version that is sent' },
  status: { type: 'text', meaning: '`pending`, `held`, `delivered`, `exhausted`, `cancelled` or `skipped`' },
  attempts: { type: 'integer', meaning: 'attempts in the current retry schedule' },
  created_at: { type: 'time', meaning: 'when the delivery was added' },
  due_at: { type: 'time', meaning: 'while it is pending: when the next attempt is due' },
  reason: { type: 'text', meaning: 'why it is exhausted or cancelled' },
  last_attempt_at: { type: 'time', meaning: 'when the last attempt began' },
  last_outcome: { type: 'text', meaning: 'outcome of the last attempt' },
  last_http_status: { type: 'integer', meaning: 'HTTP status of the last attempt' },
  last_duration_ms: { type: 'number', meaning: 'duration of the last attempt, milliseconds' },
  last_answer: {
    type: 'text',
    meaning: 'first 512 characters of the last answer, which may repeat what was sent',
    personal: 'yes',
  },
} as const satisfies ExportColumns;

export function deliveryRow(
  { version, attempts = [], ...entry }: DeliveryEntry,
  hasPersonalData: boolean,
): RowOf<typeof deliveryColumns> {
  const last = attempts.at(-1);
  return {
    id: entry.id,
    endpoint_id: entry.endpointId,
    message_id: entry.messageId,
    catalog: version.catalog,
    kind: version.kind,
    record_id: version.id,
    version: version.version,
    status: entry.status,
    attempts: entry.attemptNumber,
    created_at: entry.createdAt,
    due_at: entry.dueAt,
    reason: entry.reason,
    last_attempt_at: last?.startedAt,
    last_outcome: last?.outcome,
    last_http_status: last?.status,
    last_duration_ms: last?.durationMs,
    last_answer: hasPersonalData ? last?.answer : undefined,
  };
}

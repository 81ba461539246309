import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, isDeliveryId, isMessageId, type MessageId } from '../../../lambdas/core/ids.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import {
  parseRecordPath,
  type RecordKey,
  recordPath,
  type VersionRef,
} from '../../../lambdas/core/record.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { causedVersions } from '../stores/caused-versions.ts';
import type { LogLine } from '../stores/function-logs.ts';

/** The id that a trace begins with. */
export type TraceId =
  | { readonly kind: 'delivery' | 'message' | 'event'; readonly text: string }
  | { readonly kind: 'record'; readonly text: string; readonly record: RecordKey };

/** @throws UsageError if the text is no id of any kind */
export function traceIdOf(text: string, record: RecordKey | undefined): TraceId {
  if (record) return { kind: 'record', text, record };
  if (isDeliveryId(text)) return { kind: 'delivery', text };
  if (isMessageId(text)) return { kind: 'message', text };
  if (/^[\w-]{8,64}$/.test(text) && !/^(?:dlv|msg)_/.test(text)) return { kind: 'event', text };
  throw new UsageError(
    `id ${text}: allowed: the id of an event on the event bus (a UUID), a webhook-id (msg_…), a delivery (dlv_…), a run of reconcile (run_…), or a record such as O1234567 or AWS/engagement/eng-…`,
  );
}

/** Finds the versions that belong to an id. */
export async function findVersions(
  id: TraceId,
  version: number | undefined,
  lines: readonly LogLine[],
  relay: Relay,
  io: Pick<Io, 'note'>,
): Promise<readonly VersionRef[]> {
  if (id.kind === 'record') return ofRecord(id.record, version, relay);
  if (id.kind === 'event') return ofEvent(id.text, lines, relay, io);
  const entry = await findEntry(id.text, relay);
  if (entry) return [entry.version];
  return lines.flatMap(({ event, fields }) => {
    const key = event === 'version.fanned-out' ? recordIn(fields) : undefined;
    const number = fields['version'];
    return key && typeof number === 'number' ? [{ ...key, version: number }] : [];
  });
}

async function ofRecord(
  record: RecordKey,
  version: number | undefined,
  { records }: Relay,
): Promise<readonly VersionRef[]> {
  const found = version ?? (await records.current(record))?.version;
  return found === undefined ? [] : [{ ...record, version: found }];
}

/** Only the log knows which record an event is about. Without it, the whole table is read. */
async function ofEvent(
  eventId: string,
  lines: readonly LogLine[],
  { clients, output }: Relay,
  { note }: Pick<Io, 'note'>,
): Promise<readonly VersionRef[]> {
  const keys = new Map(
    lines.flatMap(({ fields }) => {
      const key = recordIn(fields);
      return key ? [[recordPath(key), key] as const] : [];
    }),
  );
  const table = output('RecordsTableName');
  if (keys.size > 0) return causedVersions(eventId, [...keys.values()], clients.dynamodb, table);
  note('No log line names a record of this event: reading the whole table Records…');
  return causedVersions(eventId, undefined, clients.dynamodb, table);
}

function recordIn(fields: LogLine['fields']): RecordKey | undefined {
  return parseRecordPath(textAt(fields, 'record') ?? '');
}

/** A delivery, or the first delivery of a message to any endpoint. */
async function findEntry(text: string, relay: Relay): Promise<DeliveryEntry | undefined> {
  const ids = isDeliveryId(text) ? [text] : isMessageId(text) ? await deliveryIdsOf(text, relay) : [];
  for (const id of ids) {
    const entry = await relay.deliveries.find(id);
    if (entry && !('unreadable' in entry)) return entry;
  }
  return undefined;
}

/** The ids that the deliveries of a message have, whether they exist or not. */
export async function deliveryIdsOf(messageId: MessageId, { endpoints }: Pick<Relay, 'endpoints'>) {
  return (await endpoints.all()).endpoints.map(({ id }) => deliveryIdOf(messageId, id));
}

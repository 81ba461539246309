import { type MessageId, messageIdOf } from './ids.ts';
import { inOrder, type Json } from './json.ts';
import type { Version } from './version.ts';

/** A version as consumers see it. `body` is what is signed and what is sent, byte for byte. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
}

/** The same version gives the same bytes, in every attempt and every replay: a DynamoDB map keeps no order of its own. */
export function messageOf(version: Version): Message {
  const { catalog, kind, id, topics, cause, type, occurredAt, payload } = version;
  const { detailType, eventIds, eventTime } = cause;
  const data = {
    catalog,
    kind,
    id,
    version: version.version,
    topics,
    changes: version.changes.map(({ path, before, after }) => ({
      path,
      before: ordered(before),
      after: ordered(after),
    })),
    cause: { detailType, eventIds, eventTime },
    record: inOrder(payload),
  };
  return { id: messageIdOf(version), body: JSON.stringify({ type, timestamp: occurredAt, data }) };
}

/** Undefined, which is printed as no member at all, stays undefined. */
function ordered(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : inOrder(value);
}

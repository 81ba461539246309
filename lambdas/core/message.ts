import { type MessageId, messageIdOf } from './ids.ts';
import type { Version } from './version.ts';

/** A version as consumers see it. `body` is what is signed and what is sent, byte for byte. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
}

/** The same version gives the same bytes, in every attempt and every replay. */
export function messageOf(version: Version): Message {
  const { catalog, kind, id, topics, changes, cause, type, occurredAt, payload } = version;
  const data = { catalog, kind, id, version: version.version, topics, changes, cause, record: payload };
  return { id: messageIdOf(version), body: JSON.stringify({ type, timestamp: occurredAt, data }) };
}

import { type MessageId, messageIdOf } from './ids.ts';
import { inOrder, type Json } from './json.ts';
import type { Link } from './link.ts';
import type { Solution, Version } from './version.ts';

/** A version as consumers see it. `body` is what is signed and what is sent, byte for byte. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
}

/**
 * The same version gives the same bytes, in every attempt and every replay: a DynamoDB map keeps no order of its own.
 * But for a version that was redacted in between: what it then holds is what is sent, under the same id.
 */
export function messageOf(version: Version): Message {
  const { catalog, kind, id, topics, cause, type, occurredAt, payload, links, solutions } = version;
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
    // Left out where there are none.
    links: links.length > 0 ? links.map(linkAsTold) : undefined,
    solutions: solutions.length > 0 ? solutions.map(solutionAsTold) : undefined,
    record: inOrder(payload),
  };
  return { id: messageIdOf(version), body: JSON.stringify({ type, timestamp: occurredAt, data }) };
}

function linkAsTold({ kind, id, via }: Link): Link {
  return { kind, id, via };
}

function solutionAsTold({ id, name }: Solution): Solution {
  return { id, name };
}

/** Undefined, which is printed as no member at all, stays undefined. */
function ordered(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : inOrder(value);
}

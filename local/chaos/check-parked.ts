import { deliveryIdOf, isMessageId } from '../../lambdas/core/ids.ts';
import { textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { type ParkedMessage, receivedTooOften } from '../observation.ts';
import { isParkedByEdit } from './check-edited.ts';
import { excusedPaths } from './check-records.ts';
import type { Evidence, Violation } from './evidence.ts';
import { pathsOfEvent } from './record-paths.ts';

/** Promise 5: an unusable event is parked with the right code, and a usable one is not parked. */
export function checkParked(evidence: Evidence): Violation[] {
  return [...missing(evidence), ...evidence.parked.flatMap((message) => unjustified(message, evidence))];
}

function missing({ unusable, events, parked, selectedForErasure }: Evidence): Violation[] {
  const codes = Map.groupBy(parked, ({ body }) => textAt(tryParseJson(body), 'id') ?? '');
  return [...unusable].flatMap(([id, code]): Violation[] => {
    const event = events.get(id);
    // An erasure removes parked events about the record.
    if (event?.fate !== 'put' || event.paths.some((path) => selectedForErasure.has(path))) return [];
    const found = (codes.get(id) ?? []).map(({ code: parkedAs }) => parkedAs);
    // SQS parks a message, with its event, if its workers end again and again.
    if (found.includes(code) || found.includes(receivedTooOften)) return [];
    return [
      {
        promise: 5,
        what: `event ${id} must be parked as ${code}, but is ${found.length > 0 ? `parked as ${found.join(', ')}` : 'not parked'}`,
      },
    ];
  });
}

function unjustified(parked: ParkedMessage, evidence: Evidence): Violation[] {
  const { queueId, body, code, reason } = parked;
  const { unusable, truth } = evidence;
  // SQS parked the message because its worker ended each time. It can be redriven.
  if (code === receivedTooOften) return [];
  // What waits for a later release must not raise the alarm of what waits for an operator.
  if (queueId.endsWith('/Kept') !== (code === 'event.unhandled'))
    return [{ promise: 5, what: `${code} is in the wrong queue, ${queueId}: ${body.slice(0, 120)}` }];
  if (isParkedByEdit(parked, evidence)) return [];
  if (code === 'link.pending' && isOfLostRecord(parked, evidence)) return [];
  if (code === 'version.missing' && isOfRemovedVersion(body, evidence)) return [];
  const message = tryParseJson(body) ?? null;
  const [path] = pathsOfEvent(message);
  const violation = (what: string): Violation[] => [
    { promise: 5, path, what: `${what}: ${code} ${reason} in ${queueId}, ${body.slice(0, 120)}` },
  ];
  if (!reason) return violation('is parked without a reason');
  if (unusable.get(textAt(message, 'id') ?? '') === code) return [];
  const isInaccessible = path !== undefined && truth.get(path)?.at(-1)?.inaccessible !== false;
  if (code === 'partner-central.access-denied' && isInaccessible) return [];
  return violation('is parked although it is usable');
}

/** A link to a record whose events were lost waits for a limited time. */
function isOfLostRecord({ reason }: ParkedMessage, evidence: Evidence): boolean {
  const record = textAt(tryParseJson(reason ?? ''), 'record');
  return record !== undefined && excusedPaths(evidence).has(record);
}

/** A delivery of a version that a restore has removed can never be sent. */
function isOfRemovedVersion(body: string, { removedMessages, subscriptions }: Evidence): boolean {
  const ids = [...removedMessages.values()].flatMap((each) => [...each.keys()]).filter(isMessageId);
  return subscriptions.some(({ id }) => ids.some((messageId) => body.includes(deliveryIdOf(messageId, id))));
}

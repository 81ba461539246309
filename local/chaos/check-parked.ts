import { textAt } from '../../lambdas/core/json.ts';
import type { Evidence, ParkedMessage, Violation } from './evidence.ts';
import { parseJson, pathsOfEvent } from './record-paths.ts';

/** What cannot be read is parked as what it is; and nothing is parked that could be done. */
export function checkParked(evidence: Evidence): Violation[] {
  return [...missing(evidence), ...evidence.parked.flatMap((message) => unfounded(message, evidence))];
}

function missing({ strange, events, parked }: Evidence): Violation[] {
  const codes = Map.groupBy(parked, ({ body }) => textAt(parseJson(body), 'id') ?? '');
  return [...strange].flatMap(([id, code]): Violation[] => {
    if (events.get(id)?.fate !== 'put') return [];
    const found = (codes.get(id) ?? []).map((message) => message.code ?? 'received too often');
    // A worker that ended again and again over it: the queue parked it, event and all.
    if (found.includes(code) || found.includes('received too often')) return [];
    return [
      {
        promise: 'parked',
        what: `event ${id} should be parked as ${code}, and is ${found.join(', ') || 'not'}`,
      },
    ];
  });
}

function unfounded({ queueId, body, code, reason }: ParkedMessage, evidence: Evidence): Violation[] {
  const { strange, truth } = evidence;
  // The queue parks what was received too often: a worker ended each time. It is there, and can be redriven.
  if (code === undefined) return [];
  const message = parseJson(body) ?? null;
  const [path] = pathsOfEvent(message);
  const told = (what: string): Violation[] => [
    { promise: 'parked', path, what: `${what}: ${code} ${reason} in ${queueId}, ${body.slice(0, 120)}` },
  ];
  if (!reason) return told('is parked without a reason');
  if (strange.get(textAt(message, 'id') ?? '') === code) return [];
  const isTakenAway = path !== undefined && truth.get(path)?.at(-1)?.inaccessible !== false;
  if (code === 'partner-central.access-denied' && isTakenAway) return [];
  return told('is parked although it could be done');
}

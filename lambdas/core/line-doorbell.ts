import { type Json, textAt } from './json.ts';
import { stringifyJson } from './json-text.ts';
import { type LineKey, linePath, parseLinePath } from './line.ts';
import { ServiceError } from './service-error.ts';

/** A doorbell message of `act`: a command of this line may be due. */
export function lineDoorbellBody(key: LineKey): string {
  return stringifyJson({ line: linePath(key) });
}

/** @throws ServiceError `doorbell.malformed` (never). */
export function parseLineDoorbell(body: Json): LineKey {
  const key = parseLinePath(textAt(body, 'line') ?? '');
  if (key) return key;
  throw new ServiceError('doorbell.malformed', { path: '/line', expected: '<catalog>/<kind>/<id>' });
}

import { malformedError } from '../core/event-members.ts';
import { isJsonObject, type Json } from '../core/json.ts';

/** What a caller of the function requests. A schedule requests nothing. */
export interface ReconcileRequest {
  /** Run all passes now, whether due or not. */
  readonly now: boolean;
  /** Run full passes now. */
  readonly full: boolean;
  /** Only for this catalog. @default all catalogs */
  readonly catalog?: string | undefined;
}

/**
 * Parses the event of an invocation. Other members come from the schedule and are ignored.
 * @throws ServiceError `event.malformed` naming the member, its value and what is allowed.
 */
export function parseRequest(event: Json | undefined, catalogs: readonly string[]): ReconcileRequest {
  if (event === undefined || event === null) return { now: false, full: false };
  if (!isJsonObject(event)) throw malformedError('', 'an object such as {"now": true}', event);
  const { catalog } = event;
  if (catalog === undefined) return { now: parseFlag(event, 'now'), full: parseFlag(event, 'full') };
  if (typeof catalog !== 'string' || !catalogs.includes(catalog))
    throw malformedError('/catalog', `one of ${catalogs.join(', ')}`, catalog);
  return { now: parseFlag(event, 'now'), full: parseFlag(event, 'full'), catalog };
}

function parseFlag(event: Readonly<Record<string, Json>>, name: 'now' | 'full'): boolean {
  const { [name]: flag = false } = event;
  if (typeof flag !== 'boolean') throw malformedError(`/${name}`, 'true or false', flag);
  return flag;
}

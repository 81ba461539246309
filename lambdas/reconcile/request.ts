import { malformedError } from '../core/event-members.ts';
import { isJsonObject, type Json } from '../core/json.ts';

/** What somebody who calls the function asks for; a schedule asks for nothing. */
export interface Request {
  /** Passes at once, whatever is due. */
  readonly now: boolean;
  /** The same, and full ones. */
  readonly full: boolean;
  /** Of this catalog only. */
  readonly catalog?: string | undefined;
}

/**
 * Reads the event of an invocation. Other members are a schedule's own and mean nothing here.
 * @throws ServiceError `event.malformed` naming the member, its value and what is allowed.
 */
export function parseRequest(event: Json | undefined, catalogs: readonly string[]): Request {
  if (event === undefined || event === null) return { now: false, full: false };
  if (!isJsonObject(event)) throw malformedError('', 'an object such as {"now": true}', event);
  const { catalog } = event;
  if (catalog === undefined) return { now: flagIn(event, 'now'), full: flagIn(event, 'full') };
  if (typeof catalog !== 'string' || !catalogs.includes(catalog))
    throw malformedError('/catalog', `one of ${catalogs.join(', ')}`, catalog);
  return { now: flagIn(event, 'now'), full: flagIn(event, 'full'), catalog };
}

function flagIn(event: Readonly<Record<string, Json>>, name: 'now' | 'full'): boolean {
  const { [name]: flag = false } = event;
  if (typeof flag !== 'boolean') throw malformedError(`/${name}`, 'true or false', flag);
  return flag;
}

import { type JsonObject, textAt } from './json.ts';

const lockedStatuses = ['Submitted', 'In review'];

/** Whether AWS reviews the opportunity, so that it takes no update. */
export function isLocked(payload: JsonObject): boolean {
  return lockedStatuses.includes(textAt(payload, 'LifeCycle', 'ReviewStatus') ?? '');
}

import { type JsonObject, textAt } from './json.ts';

/** While AWS reviews an opportunity. */
export const lockedStatuses: readonly string[] = ['Submitted', 'In review'];

/** Whether AWS reviews the opportunity, so that it takes no update. */
export function isLocked(payload: JsonObject): boolean {
  return lockedStatuses.includes(textAt(payload, 'LifeCycle', 'ReviewStatus') ?? '');
}

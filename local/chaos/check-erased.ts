import { stringifyJson } from '../../lambdas/core/json-text.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { Evidence, Violation } from './evidence.ts';

/** Promise 13: neither the current item nor a version of an erased record holds personal data. */
export function checkErased({ erased, current, versions, isPersonal }: Evidence): Violation[] {
  return [...erased].flatMap((path): Violation[] => {
    const state = current.get(path);
    const stored = [...(state ? [state] : []), ...(versions.get(path) ?? [])];
    const what = [
      ...(stored.every((each) => each.erased) ? [] : ['was erased, but an item is not']),
      ...(isPersonal(stringifyJson(stored)) ? ['was erased, but still holds personal data'] : []),
    ];
    return what.map((each) => ({ promise: 13, path, what: each }));
  });
}

/** Versions up to the erasure may never be sent: their deliveries are cancelled. */
export function isBeforeErasure({ version }: Version, versions: readonly Version[]): boolean {
  const erasure = versions.find(({ cause }) => cause.detailType === 'pcr erase');
  return erasure !== undefined && version < erasure.version;
}

import type { Change } from '../../../lambdas/core/change.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Column } from '../table.ts';

export const changeColumns: readonly Column<Change>[] = [
  { head: 'PATH', value: ({ path }) => path },
  { head: 'BEFORE', value: ({ before }) => changeValueText(before), cut: 'first', isExact: true },
  { head: 'AFTER', value: ({ after }) => changeValueText(after), cut: 'first', isExact: true },
];

/** A value of a change as one text: JSON, unless it is a text itself. */
export function changeValueText(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : stringifyJson(value);
}

import type { Change } from '../../../lambdas/core/change.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Column } from '../table.ts';

export const changeColumns: readonly Column<Change>[] = [
  { head: 'PATH', value: ({ path }) => path },
  { head: 'BEFORE', value: ({ before }) => textOf(before), cut: 'first', isExact: true },
  { head: 'AFTER', value: ({ after }) => textOf(after), cut: 'first', isExact: true },
];

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : stringifyJson(value);
}

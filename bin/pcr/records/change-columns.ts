import type { Change } from '../../../lambdas/core/change.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Column } from '../table.ts';

export const changeColumns: readonly Column<Change>[] = [
  { head: 'PATH', value: ({ path }) => path },
  { head: 'BEFORE', value: ({ before }) => shortened(before) },
  { head: 'AFTER', value: ({ after }) => shortened(after) },
];

/** Long values would break the table; `--json` prints them whole. */
function shortened(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : value === undefined ? undefined : stringifyJson(value);
  return text !== undefined && text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

import { getDefault } from 'valibot';
import { prefix } from '../../lib/config.ts';
import { settings } from '../../lib/settings.ts';
import { renderTable } from './markdown-table.ts';

/** Renders every setting with its type, default and consequence. */
export function renderSettings(): string {
  const rows = Object.entries(settings).map(([name, { allowed, consequence, schema }]) => [
    `\`${prefix}${name}\``,
    allowed,
    formatDefault(getDefault(schema)),
    consequence,
  ]);
  return renderTable(['context key', 'type', 'default', 'consequence'], rows);
}

/** Formats a default as on the command line. */
function formatDefault(value: readonly string[] | string | number | boolean | undefined): string {
  if (value === undefined) return 'not set';
  if (typeof value === 'boolean') return value ? '`yes`' : '`no`';
  const text = [value].flat().join();
  return text === '' ? 'none' : `\`${text}\``;
}

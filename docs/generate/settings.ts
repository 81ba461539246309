import { getDefault } from 'valibot';
import { prefix, settings } from '../../lib/config.ts';
import { renderTable } from './markdown-table.ts';

/** Every key of the CDK context that is ours, as the schema has it. */
export function renderSettings(): string {
  const rows = Object.entries(settings).map(([name, { allowed, consequence, schema }]) => [
    `\`${prefix}${name}\``,
    allowed,
    formatDefault(getDefault(schema)),
    consequence,
  ]);
  return renderTable(['context key', 'type', 'default', 'consequence'], rows);
}

/** As it is given on the command line. */
function formatDefault(value: unknown): string {
  const shown = [value].flat().join();
  return shown === '' ? 'none' : `\`${shown}\``;
}

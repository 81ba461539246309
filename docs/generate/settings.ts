import { getDefault } from 'valibot';
import { prefix, settings } from '../../lib/config.ts';
import { table } from './table.ts';

/** Every key of the CDK context that is ours, as the schema has it. */
export function writeSettings(): string {
  const rows = Object.entries(settings).map(([name, { allowed, consequence, schema }]) => [
    `\`${prefix}${name}\``,
    allowed,
    defaultShown(getDefault(schema)),
    consequence,
  ]);
  return table(['context key', 'type', 'default', 'consequence'], rows);
}

/** As it is given on the command line. */
function defaultShown(value: unknown): string {
  const shown = [value].flat().join();
  return shown === '' ? 'none' : `\`${shown}\``;
}

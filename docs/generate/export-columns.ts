import { amountPrecision, amountScale } from '../../bin/pcr/export/amount.ts';
import type { ColumnType } from '../../bin/pcr/export/columns.ts';
import { exportKinds } from '../../bin/pcr/export/export-kinds.ts';
import { renderTable } from './markdown-table.ts';

/** What the columns are in Parquet. */
const typeNames: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  integer: 'whole number',
  number: 'number',
  amount: `decimal(${amountPrecision}, ${amountScale})`,
  day: 'date',
  time: 'timestamp',
  boolean: 'true or false',
};

/** Renders the columns of each export, in the order of its files. */
export function renderExportColumns(): string {
  return Object.entries(exportKinds)
    .map(([name, { row, columns }]) => {
      const rows = Object.entries(columns).map(([column, { type, meaning, personal = '' }]) => [
        `\`${column}\``,
        typeNames[type],
        meaning,
        personal,
      ]);
      const table = renderTable(['column', 'type', 'meaning', 'personal data'], rows);
      return `## Columns of \`${name}\`\n\nA row is ${row}.\n\n${table}`;
    })
    .join('\n\n');
}

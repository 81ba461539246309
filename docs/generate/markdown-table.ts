/**
 * A table in Markdown. A cell may hold Markdown; what would end it, or be taken for HTML, is
 * escaped.
 */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [renderRow(heads), renderRow(heads.map(() => '---')), ...rows.map(renderRow)].join('\n');
}

const renderRow = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;

const escapeCell = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll(/<(?!br>|\s)/g, '&lt;');

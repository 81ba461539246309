/**
 * Renders a Markdown table. A cell may hold Markdown. Characters that would end the cell or read as
 * HTML are escaped.
 */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [renderRow(heads), renderRow(heads.map(() => '---')), ...rows.map(renderRow)].join('\n');
}

const renderRow = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;

const escapeCell = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll(/<(?!br>|\s)/g, '&lt;');

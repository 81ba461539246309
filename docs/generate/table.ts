/** A table in Markdown. A cell may hold Markdown; what would end it, or be taken for HTML, is escaped. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

const escaped = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll(/<(?!br>|\s)/g, '&lt;');

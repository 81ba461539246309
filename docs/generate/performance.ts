import { readResults, type SavedRow } from '../../bench/saved-results.ts';
import { renderTable } from './markdown-table.ts';

/** Renders the results that `npm run bench -- --save` wrote: the table, the runs, the details. */
export function renderPerformance(rows: readonly SavedRow[] = readResults()): string {
  const runs = [...new Set(rows.map(runOf))];
  return [
    renderTable(
      ['', 'measurement', 'ours', 'compared with', 'ratio', 'bound', 'run'],
      rows.map((row) => [
        row.holds ? '✓' : '✗',
        `${row.title} (\`${row.name}\`)`,
        row.ours,
        row.floor,
        row.ratio,
        row.bound,
        String(runs.indexOf(runOf(row)) + 1),
      ]),
    ),
    ['Runs:', '', ...runs.map((run, index) => `${index + 1}. ${run}.`)].join('\n'),
    '### What each figure is',
    ...rows.map(({ name, title, details }) =>
      [`${title} (\`${name}\`)`, '', ...details.map((line) => `- ${line.replaceAll('<', '&lt;')}`)].join(
        '\n',
      ),
    ),
  ].join('\n\n');
}

function runOf({ measuredOn, commit, machine }: SavedRow): string {
  return `${measuredOn}, commit ${commit}, ${machine}`;
}

import Table from 'cli-table3';
import { boundText, isWithin, type Measured, type Measurement } from './measurement.ts';

/** A measurement with its result. The ratio is NaN if the measurement failed. */
export type Row = Measured & { readonly measurement: Omit<Measurement, 'run'> };

export function holdsBound({ measurement, ratio }: Row): boolean {
  return isWithin(measurement.bound, ratio);
}

/** Columns in all, with borders: 120. */
const columnWidths = [30, 30, 30, 9, 15];

/** One row for each measurement. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['measurement', 'ours', 'compared with', 'ratio', 'bound'],
    style: { head: [], border: [] },
    colWidths: columnWidths,
    wordWrap: true,
  });
  for (const row of rows) {
    const { measurement, ours, floor } = row;
    const name = `${holdsBound(row) ? '✓' : '✗'} ${measurement.title}\n${measurement.name}`;
    table.push([name, ours, floor, ratioOfRow(row), boundText(measurement.bound)]);
  }
  return table.toString();
}

/** What each figure means, and how far single rounds differ. */
export function detailLines(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ measurement, details }) => [
    '',
    `${measurement.title} (${measurement.name})`,
    ...details.map((line) => `  ${line}`),
  ]);
}

/** A count has no ratio. */
export function ratioOfRow({ measurement, ratio }: Row): string {
  return measurement.isCount ? '–' : ratioText(ratio);
}

/** `0.874`, `12.3`, or `1,204`: three digits say enough. */
export function ratioText(ratio: number): string {
  if (Number.isNaN(ratio)) return '–';
  return ratio.toLocaleString('en', { maximumFractionDigits: ratio < 10 ? 3 : ratio < 100 ? 1 : 0 });
}

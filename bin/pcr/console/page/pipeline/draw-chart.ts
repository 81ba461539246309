import uPlot from 'uplot';
import type { PipelineSeries } from '../../api.ts';
import { shortMoneyText } from '../money-text.ts';

interface DrawChartDeps {
  readonly target: HTMLElement;
  readonly days: readonly string[];
  readonly series: readonly PipelineSeries[];
  readonly currency: string;
  readonly onDay: (day: number | undefined) => void;
}

/** Pixels. */
const height = 260;

/** Draws the series on top of each other, in their order. */
export function drawChart({ target, days, series, currency, onDay }: DrawChartDeps): uPlot {
  const muted = colorOf(target, 'axis');
  const grid = { stroke: colorOf(target, 'grid'), width: 1 };
  const options: uPlot.Options = {
    width: target.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    axes: [
      { stroke: muted, grid, ticks: grid },
      {
        stroke: muted,
        grid,
        ticks: grid,
        size: 84,
        values: (_, splits) => splits.map((each) => shortMoneyText(each, currency)),
      },
    ],
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] } },
    series: [{}, ...series.map((each, index) => seriesOf(each, colorOf(target, `series-${index % 8}`)))],
    // Each area ends at the one below it.
    bands: series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] })),
    hooks: { setCursor: [({ cursor }) => onDay(cursor.idx ?? undefined)] },
  };
  return new uPlot(options, [days.map((day) => Date.parse(day) / 1_000), ...stackAmounts(series)], target);
}

function seriesOf({ stage }: PipelineSeries, color: string): uPlot.Series {
  return { label: stage, stroke: color, width: 1.5, fill: color, alpha: 0.85, points: { show: false } };
}

/** The sums of each series and all below it. */
function stackAmounts(series: readonly PipelineSeries[]): number[][] {
  const sums: number[][] = [];
  for (const { amounts } of series)
    sums.push(amounts.map((amount, day) => amount + (sums.at(-1)?.[day] ?? 0)));
  return sums;
}

/** The color that the style sheet gives to a class, as a canvas takes it. */
function colorOf(target: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.className = name;
  target.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

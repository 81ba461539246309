import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { PipelineSeries } from '../../api.ts';
import { drawChart } from './draw-chart.ts';
import { useTheme } from './use-theme.ts';

interface StackedChartProps {
  readonly days: readonly string[];
  readonly series: readonly PipelineSeries[];
  readonly currency: string;
  /** Receives the position of the day under the pointer, undefined if there is no day. */
  readonly onDay: (day: number | undefined) => void;
}

/** Areas on top of each other. The table below has the same numbers as text. */
export function StackedChart({ days, series, currency, onDay }: StackedChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const chart = drawChart({ target, days, series, currency, onDay });
    const observer = new ResizeObserver(() => fit(chart, target));
    observer.observe(target);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [days, series.length, currency, theme]);
  return <div ref={place} class="chart" role="img" aria-label={`Value by stage in ${currency} over time`} />;
}

function fit(chart: uPlot, target: HTMLElement): void {
  if (target.clientWidth !== chart.width) chart.setSize({ width: target.clientWidth, height: chart.height });
}

import { useState } from 'preact/hooks';
import type { PipelineSeries, PipelineView } from '../../api.ts';
import { countText, shortMoneyText } from '../money-text.ts';
import { Panel } from '../parts/panel.tsx';
import { setQuery } from '../route.ts';
import { StackedChart } from './stacked-chart.tsx';

interface PipelineValueProps {
  readonly view: PipelineView;
  /** The currency in the address. Empty for the one with the largest value. */
  readonly chosen: string;
}

/** The expected customer spend by stage. Currencies are not added up: each has its own chart. */
export function PipelineValue({ view: { days, series }, chosen }: PipelineValueProps) {
  const [day, setDay] = useState<number>();
  const currencies = [...new Set(series.map(({ currency }) => currency))].toSorted(
    (a, b) => lastSum(series, b) - lastSum(series, a),
  );
  const currency = currencies.find((each) => each === chosen) ?? currencies[0];
  if (currency === undefined) return <p class="note">No deal with an amount is stored.</p>;
  const displayed = series.filter((each) => each.currency === currency);
  const at = Math.min(day ?? days.length - 1, days.length - 1);
  return (
    <Panel title={`Value by stage, ${currency}`} note={`on ${days[at] ?? ''}`}>
      {currencies.length > 1 && <CurrencySelect currencies={currencies} current={currency} />}
      <StackedChart days={days} series={displayed} currency={currency} onDay={setDay} />
      <ValueTable series={displayed} at={at} currency={currency} />
    </Panel>
  );
}

function lastSum(series: readonly PipelineSeries[], of: string): number {
  return series.reduce(
    (sum, { currency, amounts }) => sum + (currency === of ? (amounts.at(-1) ?? 0) : 0),
    0,
  );
}

function CurrencySelect({
  currencies,
  current,
}: {
  readonly currencies: readonly string[];
  readonly current: string;
}) {
  return (
    <label class="toolbar">
      Currency
      <select value={current} onChange={({ currentTarget }) => setQuery({ currency: currentTarget.value })}>
        {currencies.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

interface ValueTableProps {
  readonly series: readonly PipelineSeries[];
  readonly at: number;
  readonly currency: string;
}

/** The legend of the chart, with the numbers of the day under the pointer. */
function ValueTable({ series, at, currency }: ValueTableProps) {
  return (
    <div class="table-box">
      <table class="legend-table">
        <caption class="hidden">Value by stage</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              Deals
            </th>
            <th scope="col" class="number">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ stage, amounts, counts }, index) => (
            <tr key={stage}>
              <th scope="row">
                <span class={`swatch series-${index % 8}`} aria-hidden="true" /> {stage}
              </th>
              <td class="number">{countText(counts[at] ?? 0)}</td>
              <td class="number">{shortMoneyText(amounts[at] ?? 0, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

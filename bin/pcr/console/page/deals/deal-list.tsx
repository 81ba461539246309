import { useState } from 'preact/hooks';
import type { DealsView } from '../../api.ts';
import { countText } from '../money-text.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { queryPath } from '../query-path.ts';
import { useStack } from '../stack-context.ts';
import { DealFilters } from './deal-filters.tsx';
import { DealTable } from './deal-table.tsx';
import { filterNames } from './filter-names.ts';
import { StageTiles } from './stage-tiles.tsx';

const pageSize = 100;
const mostRows = 1_000;

/** The deals of the catalog that match the filters, which the server applies. */
export function DealList({ query }: { readonly query: URLSearchParams }) {
  const { catalog } = useStack();
  const [limit, setLimit] = useState(pageSize);
  const filters = Object.fromEntries(filterNames.map((name) => [name, query.get(name) ?? undefined]));
  const path = queryPath('/api/deals', { catalog, ...filters, limit: String(limit) });
  const { data, problem } = usePolled<DealsView>(path, 3_000);
  return (
    <>
      <DealFilters query={query} />
      {problem && <ProblemNote problem={problem} />}
      {data && <StageTiles stages={data.stages} chosen={query.get('stage') ?? ''} />}
      <p class="summary" role="status">
        {data ? summaryOf(data) : 'Reading the deals…'}
      </p>
      {data && <DealTable rows={data.rows} catalog={catalog} />}
      {data && <MoreRows view={data} onMore={() => setLimit(Math.min(limit + pageSize, mostRows))} />}
    </>
  );
}

function summaryOf({ matched, read, isComplete, rows }: DealsView): string {
  const matching = `${countText(matched)} of ${countText(read)} deals match`;
  const displayed = rows.length < matched ? `, the first ${countText(rows.length)} are below` : '';
  return `${matching}${displayed}${isComplete ? '' : '. More are being read…'}`;
}

function MoreRows({ view, onMore }: { readonly view: DealsView; readonly onMore: () => void }) {
  if (view.rows.length >= view.matched) return null;
  if (view.rows.length >= mostRows) return <p class="note">Narrow the filters to see other deals.</p>;
  return (
    <button type="button" onClick={onMore}>
      Show more
    </button>
  );
}

import type { PipelineView } from '../../api.ts';
import { countText } from '../money-text.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { queryPath } from '../query-path.ts';
import { setQuery } from '../route.ts';
import { useStack } from '../stack-context.ts';
import type { ViewProps } from '../view-props.ts';
import { AgeingTable } from './ageing-table.tsx';
import { PipelineValue } from './pipeline-value.tsx';

const periods = ['30', '90', '180', '365'] as const;

/** The value of the deals by stage over time, and how long deals have been in their stages. */
export function PipelinePage({ query }: ViewProps) {
  const { catalog } = useStack();
  const days = query.get('days') ?? '90';
  const path = queryPath('/api/pipeline', { catalog, days });
  const { data, problem } = usePolled<PipelineView>(path, 5_000);
  return (
    <>
      <label class="toolbar">
        Period
        <select value={days} onChange={({ currentTarget }) => setQuery({ days: currentTarget.value })}>
          {periods.map((each) => (
            <option key={each} value={each}>
              {each} days
            </option>
          ))}
        </select>
      </label>
      {problem && <ProblemNote problem={problem} />}
      <p class="summary" role="status">
        {data ? summaryOf(data) : !problem && 'Reading the versions…'}
      </p>
      {data && <PipelineValue view={data} chosen={query.get('currency') ?? ''} />}
      {data && (
        <Panel title="Time in the present stage" note="open deals, in days">
          <AgeingTable rows={data.ageing} />
        </Panel>
      )}
    </>
  );
}

function summaryOf({ read, isComplete }: PipelineView): string {
  return `From ${countText(read)} versions${isComplete ? '' : '. More are being read…'}`;
}

import type { ActivityRow, ActivityView } from '../../api.ts';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { useStack } from '../stack-context.ts';
import { latencyText } from '../time-text.ts';
import { DeliveryOutcome, noDeliveryText } from './delivery-outcome.tsx';
import { RecordLink } from './record-link.tsx';

/** The newest versions of all records, with the event before and the deliveries behind each. */
export function ActivityPage() {
  const { catalog } = useStack();
  const { data, problem } = usePolled<ActivityView>(`/api/activity?catalog=${catalog}`, 1_000);
  return (
    <Panel title="Event, version, delivery" note="the newest 50 versions; latencies count from the event">
      {problem && <ProblemNote problem={problem} />}
      {data && (
        <DataTable
          caption="Newest versions"
          rows={data.rows}
          keyOf={({ messageId }) => messageId}
          empty="Nothing has happened yet."
          columns={columns}
        />
      )}
    </Panel>
  );
}

const columns: readonly DataColumn<ActivityRow>[] = [
  {
    head: 'Event',
    cell: ({ detailType, eventAt }) => (
      <>
        {detailType}
        <br />
        <Moment at={eventAt} />
      </>
    ),
  },
  { head: 'Record', kind: 'wide', cell: (row) => <RecordText row={row} /> },
  {
    head: 'Version',
    cell: ({ version, topics, type, eventAt, knownAt }) => (
      <>
        {version} <span class="detail">{versionLatency(eventAt, knownAt)}</span>
        <br />
        <span class="topic">{topics.find((topic) => topic !== type) ?? type}</span>
      </>
    ),
  },
  {
    head: 'Deliveries',
    cell: (row) =>
      row.deliveries.length === 0
        ? noDeliveryText(row)
        : row.deliveries.map((delivery) => <DeliveryOutcome key={delivery.id} delivery={delivery} />),
  },
];

function RecordText({ row }: { readonly row: ActivityRow }) {
  return (
    <>
      <RecordLink row={row} />
      <br />
      <span class="detail">
        {row.customer} <code>{row.id}</code>
      </span>
    </>
  );
}

/** A version may be older than the event that found it. */
function versionLatency(eventAt: string, knownAt: string): string {
  const ms = Date.parse(knownAt) - Date.parse(eventAt);
  return ms >= 0 ? `after ${latencyText(ms)}` : '';
}

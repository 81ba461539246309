import type { PassRow, QuotaRow, QuotaView } from '../../api.ts';
import { countText } from '../money-text.ts';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { usePolled } from '../polled.ts';
import { HourBars } from './hour-bars.tsx';

/** The use of the quotas of Partner Central, and the passes of `reconcile`. */
export function QuotaPage() {
  const { data, problem } = usePolled<QuotaView>('/api/quota', 3_000);
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {data && <QuotaPanel title="Reads" use={data.reads} />}
      {data?.writes && <QuotaPanel title="Writes" use={data.writes} />}
      {data && (
        <Panel title="Passes" note="what `reconcile` does by itself">
          <DataTable
            caption="Passes"
            rows={data.passes}
            keyOf={({ catalog, name }) => `${catalog}/${name}`}
            empty="No pass has run yet."
            columns={columns}
          />
        </Panel>
      )}
    </>
  );
}

function QuotaPanel({ title, use }: { readonly title: string; readonly use: QuotaRow }) {
  const { used, perDay, perSecond, left, closedUntil, hours } = use;
  const percent = ((100 * used) / perDay).toFixed(1);
  return (
    <Panel title={title} note={`at most ${perSecond} a second`} command="pcr quota">
      <p class="figure">
        <strong>{countText(used)}</strong> of {countText(perDay)} in 24 hours ({percent} %), {countText(left)}{' '}
        left
      </p>
      <meter aria-label={`${title} used in 24 hours`} min={0} max={perDay} high={0.8 * perDay} value={used} />
      {closedUntil !== undefined && (
        <p class="note bad">
          Closed until <Moment at={closedUntil} />: Partner Central throttled.
        </p>
      )}
      <HourBars hours={hours} what={title.toLowerCase()} />
    </Panel>
  );
}

const columns: readonly DataColumn<PassRow>[] = [
  { head: 'Pass', kind: 'wide', cell: ({ catalog, name }) => `${catalog} ${name}` },
  {
    head: 'State',
    cell: ({ isRunning, failedAt, failure }) => (
      <>
        <StatusBadge status={passState(isRunning, failedAt)} /> <span class="detail">{failure}</span>
      </>
    ),
  },
  { head: 'Finished', cell: ({ finishedAt }) => finishedAt !== undefined && <Moment at={finishedAt} /> },
  { head: 'Due', cell: ({ dueAt }) => dueAt !== undefined && <Moment at={dueAt} as="relative" /> },
  { head: 'Items', kind: 'number', cell: ({ items }) => items },
  { head: 'Changes', kind: 'number', cell: ({ changes }) => changes },
  { head: 'Missing', kind: 'number', cell: ({ missing }) => missing },
];

function passState(isRunning: boolean, failedAt: string | undefined): string {
  if (isRunning) return 'running';
  return failedAt === undefined ? 'ok' : 'failed';
}

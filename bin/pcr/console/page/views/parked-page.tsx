import type { ParkedRow, ParkedView } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';

/** Work that was given up with its reason. */
export function ParkedPage() {
  const { data, problem } = usePolled<ParkedView>('/api/parked', 5_000);
  return (
    <Panel title="Parked work" note="at most 100 messages of each queue" command="pcr parked list">
      {problem && <ProblemNote problem={problem} />}
      {data ? (
        <DataTable
          caption="Parked work"
          rows={data.rows}
          keyOf={({ queue, id }) => `${queue}/${id}`}
          empty="No work is parked."
          columns={columns}
        />
      ) : (
        !problem && <p class="summary">Reading the queues…</p>
      )}
    </Panel>
  );
}

const columns: readonly DataColumn<ParkedRow>[] = [
  { head: 'Queue', cell: ({ queue }) => queue },
  { head: 'Message', cell: ({ id }) => <code>{id}</code> },
  { head: 'Parked', cell: ({ parkedAt }) => parkedAt !== undefined && <Moment at={parkedAt} /> },
  {
    head: 'Reason',
    kind: 'wide',
    cell: ({ code, reason }) => (
      <>
        {code !== undefined && <code>{code}</code>} {reason}
      </>
    ),
  },
  { head: 'Actions', cell: (row) => <ParkedActions row={row} /> },
];

function ParkedActions({ row: { queue, id } }: { readonly row: ParkedRow }) {
  return (
    <span class="buttons">
      <ActionButton
        label="Redrive"
        title={`Redrive ${id} of ${queue}`}
        request={() => ({ action: 'parked.redrive', queue, id })}
      />
      <ActionButton
        label="Drop"
        title={`Drop ${id} of ${queue}`}
        request={() => ({ action: 'parked.drop', queue, id })}
        confirmation={{
          title: `Drop this work of ${queue}?`,
          text: `${id} is deleted. It cannot be brought back.`,
          verb: 'Drop',
          isDangerous: true,
        }}
      />
    </span>
  );
}

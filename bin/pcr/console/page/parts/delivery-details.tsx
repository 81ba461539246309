import { useEffect, useRef } from 'preact/hooks';
import type { AttemptRow, DeliveryView } from '../../api.ts';
import { usePolled } from '../polled.ts';
import { latencyText } from '../time-text.ts';
import { CopiedCommand } from './copied-command.tsx';
import { type DataColumn, DataTable } from './data-table.tsx';
import { JsonText } from './json-text.tsx';
import { Moment } from './moment.tsx';
import { ProblemNote } from './problem-note.tsx';
import { StatusBadge } from './status-badge.tsx';

/** The attempts of a delivery, with the answers, and its message. */
export function DeliveryDetails({ id }: { readonly id: string }) {
  const { data, problem } = usePolled<DeliveryView>(`/api/deliveries/${encodeURIComponent(id)}`, 3_000);
  const section = useRef<HTMLElement>(null);
  // The table above may be long.
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), [id, data === undefined]);
  return (
    <section ref={section} class="details" aria-label={`Attempts of ${id}`}>
      <CopiedCommand command={`pcr deliveries show ${id} --body`} />
      {problem && <ProblemNote problem={problem} />}
      {data && (
        <>
          <DataTable
            caption={`Attempts of ${id}`}
            rows={data.attemptsMade}
            keyOf={({ number }) => String(number)}
            empty="No attempt was made yet."
            columns={columns}
          />
          {data.body !== undefined && (
            <JsonText title="The message as it would be sent now" value={data.body} />
          )}
          {data.bodyMissing !== undefined && <p class="note">No message: {data.bodyMissing}</p>}
        </>
      )}
    </section>
  );
}

const columns: readonly DataColumn<AttemptRow>[] = [
  { head: 'Attempt', kind: 'number', cell: ({ number }) => number },
  { head: 'Started', cell: ({ startedAt }) => <Moment at={startedAt} /> },
  { head: 'Took', kind: 'number', cell: ({ durationMs }) => latencyText(durationMs) },
  {
    head: 'Outcome',
    cell: ({ outcome, status }) => (
      <StatusBadge
        status={outcome === 'delivered' ? outcome : 'failed'}
        detail={status === undefined ? outcome : `HTTP ${status}`}
      />
    ),
  },
  { head: 'Answer', kind: 'wide', cell: ({ answer, reason }) => reason ?? answer },
];

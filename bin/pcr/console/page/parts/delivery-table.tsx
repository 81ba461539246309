import { useState } from 'preact/hooks';
import type { DeliveryRow } from '../../api.ts';
import { ActionButton } from './action-button.tsx';
import { type DataColumn, DataTable } from './data-table.tsx';
import { DeliveryDetails } from './delivery-details.tsx';
import { Moment } from './moment.tsx';
import { StatusBadge } from './status-badge.tsx';

interface DeliveryTableProps {
  readonly rows: readonly DeliveryRow[];
  readonly caption: string;
}

/** Deliveries, each with its attempts and a retry. */
export function DeliveryTable({ rows, caption }: DeliveryTableProps) {
  const [chosen, setChosen] = useState<string>();
  const toggle = (id: string): void => setChosen(chosen === id ? undefined : id);
  return (
    <>
      <DataTable
        caption={caption}
        rows={rows}
        keyOf={({ id }) => id}
        empty="No delivery is stored."
        columns={columnsOf(chosen, toggle)}
      />
      {chosen !== undefined && <DeliveryDetails id={chosen} />}
    </>
  );
}

/** Deliveries that `pcr deliveries retry` makes due again. */
const retried = ['exhausted', 'cancelled', 'pending', 'held'];

function columnsOf(
  chosen: string | undefined,
  toggle: (id: string) => void,
): readonly DataColumn<DeliveryRow>[] {
  return [
    { head: 'Record', cell: ({ record, version }) => <VersionText record={record} version={version} /> },
    { head: 'Endpoint', cell: ({ endpointId }) => <code>{endpointId}</code> },
    { head: 'Status', cell: ({ status, reason }) => <DeliveryStatus status={status} reason={reason} /> },
    { head: 'Attempts', kind: 'number', cell: ({ attempts }) => attempts },
    { head: 'Created', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    { head: 'Due', cell: ({ dueAt }) => dueAt !== undefined && <Moment at={dueAt} as="relative" /> },
    {
      head: 'Actions',
      cell: (row) => (
        <span class="buttons">
          <button
            type="button"
            aria-expanded={chosen === row.id}
            aria-label={chosen === row.id ? `Close the attempts of ${row.id}` : `Attempts of ${row.id}`}
            onClick={() => toggle(row.id)}
          >
            {chosen === row.id ? 'Close' : 'Attempts'}
          </button>
          {retried.includes(row.status) && <RetryButton row={row} />}
        </span>
      ),
    },
  ];
}

function VersionText({ record, version }: Pick<DeliveryRow, 'record' | 'version'>) {
  return (
    <>
      {record?.split('/').at(-1)} {version !== undefined && <span class="detail">version {version}</span>}
    </>
  );
}

function DeliveryStatus({ status, reason }: Pick<DeliveryRow, 'status' | 'reason'>) {
  return (
    <>
      <StatusBadge status={status} /> {reason !== undefined && <span class="detail">{reason}</span>}
    </>
  );
}

function RetryButton({ row: { id, endpointId, version } }: { readonly row: DeliveryRow }) {
  return (
    <ActionButton
      label="Retry"
      title={`Retry the delivery of version ${version} to ${endpointId}`}
      request={() => ({ action: 'delivery.retry', id })}
    />
  );
}

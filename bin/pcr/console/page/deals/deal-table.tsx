import type { DealRow } from '../../api.ts';
import { moneyText } from '../money-text.ts';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { hrefOf } from '../route.ts';
import { CloseDate } from './close-date.tsx';

interface DealTableProps {
  readonly rows: readonly DealRow[];
  readonly catalog: string;
}

export function DealTable({ rows, catalog }: DealTableProps) {
  return (
    <DataTable
      caption="Deals"
      columns={columnsOf(catalog)}
      rows={rows}
      keyOf={({ id }) => id}
      empty="No deal matches the filters."
    />
  );
}

function columnsOf(catalog: string): readonly DataColumn<DealRow>[] {
  return [
    { head: 'Deal', kind: 'wide', cell: (row) => <DealName row={row} catalog={catalog} /> },
    { head: 'Stage', cell: ({ stage }) => stage },
    { head: 'Review', cell: ({ reviewStatus }) => reviewStatus && <StatusBadge status={reviewStatus} /> },
    { head: 'Closes', cell: ({ closeDate }) => closeDate && <CloseDate date={closeDate} /> },
    {
      head: 'Amount',
      kind: 'number',
      cell: ({ amount, currency }) => amount !== undefined && moneyText(amount, currency),
    },
    { head: 'Your id', kind: 'id', cell: ({ partnerId }) => partnerId },
    { head: 'Changed', cell: ({ modifiedAt }) => modifiedAt && <Moment at={modifiedAt} as="relative" /> },
  ];
}

function DealName({ row, catalog }: { readonly row: DealRow; readonly catalog: string }) {
  const { id, title, customer, unreadable } = row;
  return (
    <>
      <a href={hrefOf('deals', catalog, id)}>{title || id}</a>
      <br />
      <span class="detail">
        {customer} <code>{id}</code>
      </span>
      {unreadable !== undefined && <StatusBadge status="unreadable" detail={unreadable} />}
    </>
  );
}

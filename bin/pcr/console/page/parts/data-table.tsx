import type { ComponentChildren } from 'preact';

export interface DataColumn<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** `number`: aligned to the right. `wide`: takes the space that is left. */
  readonly kind?: 'number' | 'wide' | 'id';
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said if there are no rows. */
  readonly empty: string;
}

/**
 * A table that scrolls inside its own box, and whose rows are cards on narrow screens. Its
 * roles are explicit, because a table that is laid out as cards is no table for screen readers.
 */
export function DataTable<Row>({ caption, columns, rows, keyOf, empty }: DataTableProps<Row>) {
  if (rows.length === 0) return <p class="note">{empty}</p>;
  return (
    <div class="table-box">
      <table role="table">
        <caption class="hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ head, kind }) => (
              <th key={head} role="columnheader" scope="col" class={kind}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map(({ head, cell, kind }) => (
                <td key={head} role="cell" class={kind} data-head={head}>
                  <div>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import type { StageAges } from '../../api.ts';
import { DataTable } from '../parts/data-table.tsx';

const ages = [
  ['upTo7', 'Up to 7'],
  ['upTo30', 'Up to 30'],
  ['upTo90', 'Up to 90'],
  ['more', 'More'],
] as const;

/** The number of open deals by stage and age, with a bar that compares the ages. */
export function AgeingTable({ rows }: { readonly rows: readonly StageAges[] }) {
  return (
    <DataTable
      caption="Time in the present stage"
      rows={rows}
      keyOf={({ stage }) => stage}
      empty="No deal is open."
      columns={[
        { head: 'Stage', cell: ({ stage }) => stage },
        { head: 'Shares', kind: 'wide', cell: (row) => <AgeBar row={row} /> },
        ...ages.map(([name, head]) => ({
          head,
          kind: 'number' as const,
          cell: (row: StageAges) => (
            <>
              {row[name]} <span class={`swatch age-${name}`} aria-hidden="true" />
            </>
          ),
        })),
      ]}
    />
  );
}

function AgeBar({ row }: { readonly row: StageAges }) {
  const sum = Math.max(row.upTo7 + row.upTo30 + row.upTo90 + row.more, 1);
  let x = 0;
  const parts = ages.map(([name]) => {
    const width = (100 * row[name]) / sum;
    x += width;
    return { name, width, x: x - width };
  });
  return (
    <svg class="age-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ name, width, x: left }) => (
        <rect key={name} class={`age-${name}`} x={left} y={0} width={width} height={8} />
      ))}
    </svg>
  );
}

import type { ChangeRow } from '../../api.ts';
import { pointerText, valueText } from '../pointer-text.ts';
import { DataTable } from './data-table.tsx';
import { LongText } from './long-text.tsx';

/** What differs between two versions: the path in words, before and after. */
export function ChangeTable({
  changes,
  caption,
}: {
  readonly changes: readonly ChangeRow[];
  readonly caption: string;
}) {
  return (
    <DataTable
      caption={caption}
      rows={changes}
      keyOf={({ path }) => path}
      empty="Nothing differs."
      columns={[
        { head: 'What', cell: ({ path }) => <PathText path={path} /> },
        { head: 'Before', kind: 'wide', cell: ({ before }) => <LongText text={valueText(before)} /> },
        { head: 'After', kind: 'wide', cell: ({ after }) => <LongText text={valueText(after)} /> },
      ]}
    />
  );
}

function PathText({ path }: { readonly path: string }) {
  return (
    <>
      {pointerText(path)}
      <br />
      <code class="detail">{path}</code>
    </>
  );
}

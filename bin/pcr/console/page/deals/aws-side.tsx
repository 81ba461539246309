import type { DealView } from '../../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { JsonText } from '../parts/json-text.tsx';
import { LongText } from '../parts/long-text.tsx';
import { Moment } from '../parts/moment.tsx';
import { pointerText, valueText } from '../pointer-text.ts';
import { listLeaves } from './leaf-values.ts';

/** What AWS's sales team sees of the deal: every value of the summary, and its JSON. */
export function AwsSide({ aws }: Pick<DealView, 'aws'>) {
  if (!aws) return <p class="note">No summary by AWS is stored for this deal.</p>;
  return (
    <>
      <p class="detail">
        Version {aws.version}, read <Moment at={aws.readAt} />
      </p>
      <DataTable
        caption="AWS's own side"
        rows={listLeaves(aws.record)}
        keyOf={({ path }) => path}
        empty="The summary is empty."
        columns={[
          { head: 'What', cell: ({ path }) => <span title={path}>{pointerText(path)}</span> },
          { head: 'Value', kind: 'wide', cell: ({ value }) => <LongText text={valueText(value)} /> },
        ]}
      />
      <JsonText title="The whole summary, as AWS names it" value={aws.record} />
    </>
  );
}

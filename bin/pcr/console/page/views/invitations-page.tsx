import type { InvitationRow, InvitationsView } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { usePolled } from '../polled.ts';
import { queryPath } from '../query-path.ts';
import { setQuery } from '../route.ts';
import { useStack } from '../stack-context.ts';
import type { ViewProps } from '../view-props.ts';

const statuses = ['PENDING', 'ACCEPTED', 'REJECTED', 'EXPIRED'] as const;

/** The invitations of a status, next to expire first. */
export function InvitationsPage({ query }: ViewProps) {
  const { catalog, isLocal } = useStack();
  const status = query.get('status') ?? 'PENDING';
  const path = queryPath('/api/invitations', { catalog, status });
  const { data, problem } = usePolled<InvitationsView>(path, 3_000);
  const command = `pcr invitations list --catalog ${catalog} --status ${status}`;
  return (
    <Panel title={`${statusText(status)} invitations`} note="next to expire first" command={command}>
      <div class="toolbar">
        <label>
          Status
          <select value={status} onChange={({ currentTarget }) => setQuery({ status: currentTarget.value })}>
            {statuses.map((each) => (
              <option key={each} value={each}>
                {statusText(each)}
              </option>
            ))}
          </select>
        </label>
        {isLocal && (
          <ActionButton
            label="New invitation"
            title="New invitation of the simulated partner"
            request={() => ({ action: 'stage.new-invitation' })}
          />
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
      {data && <InvitationTable rows={data.rows} />}
      {data?.hasMore === true && <p class="note">More exist: the command above prints them.</p>}
    </Panel>
  );
}

function statusText(status: string): string {
  return status.charAt(0) + status.slice(1).toLowerCase();
}

function InvitationTable({ rows }: { readonly rows: readonly InvitationRow[] }) {
  return (
    <DataTable
      caption="Invitations"
      rows={rows}
      keyOf={({ id }) => id}
      empty="No invitation has this status."
      columns={columns}
    />
  );
}

const columns: readonly DataColumn<InvitationRow>[] = [
  {
    head: 'Invitation',
    kind: 'wide',
    cell: ({ id, title, customer, unreadable }) => (
      <>
        {title || id}
        <br />
        <span class="detail">
          {customer} <code>{id}</code>
        </span>
        {unreadable !== undefined && <StatusBadge status="unreadable" detail={unreadable} />}
      </>
    ),
  },
  { head: 'Expires', cell: ({ expiresAt }) => expiresAt !== undefined && <Moment at={expiresAt} /> },
  {
    head: 'Status',
    cell: ({ status }) => status !== undefined && <StatusBadge status={status.toLowerCase()} />,
  },
  {
    head: 'Engagement',
    cell: ({ engagementId }) => engagementId !== undefined && <code>{engagementId}</code>,
  },
];

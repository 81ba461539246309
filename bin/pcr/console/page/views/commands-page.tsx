import type { CommandRow, CommandsView } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { type DataColumn, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { usePolled } from '../polled.ts';
import { useStack } from '../stack-context.ts';

/** The commands of your software, changed last first. */
export function CommandsPage() {
  const { catalog } = useStack();
  const { data, problem } = usePolled<CommandsView>(`/api/commands?catalog=${catalog}`, 3_000);
  return (
    <Panel title="Commands" note="changed last first" command={`pcr commands list --catalog ${catalog}`}>
      {problem && <ProblemNote problem={problem} />}
      {data && (
        <DataTable
          caption="Commands"
          rows={data.rows}
          keyOf={({ id }) => id}
          empty="No command was sent yet."
          columns={columns}
        />
      )}
      {data?.hasMore === true && <p class="note">More exist: the command above prints them.</p>}
    </Panel>
  );
}

const columns: readonly DataColumn<CommandRow>[] = [
  {
    head: 'Command',
    kind: 'wide',
    cell: ({ action, target, id, unreadable }) => (
      <>
        {action} {target}
        <br />
        <code class="detail">{id}</code>
        {unreadable !== undefined && <StatusBadge status="unreadable" detail={unreadable} />}
      </>
    ),
  },
  {
    head: 'Status',
    cell: ({ status, why }) => (
      <>
        {status !== undefined && <StatusBadge status={status} />} <span class="detail">{why}</span>
      </>
    ),
  },
  { head: 'Accepted', cell: ({ acceptedAt }) => acceptedAt !== undefined && <Moment at={acceptedAt} /> },
  { head: 'Expires', cell: ({ expiresAt }) => expiresAt !== undefined && <Moment at={expiresAt} /> },
  { head: 'Actions', cell: (row) => <CommandActions row={row} /> },
];

function CommandActions({
  row: { id, action, target, canApprove, canCancel },
}: {
  readonly row: CommandRow;
}) {
  return (
    <span class="buttons">
      {canApprove && (
        <ActionButton
          label="Approve"
          title={`Approve ${id}`}
          request={() => ({ action: 'command.approve', id })}
          confirmation={{
            title: `Approve ${action}?`,
            text: `${target} is then changed in Partner Central.`,
            verb: 'Approve',
          }}
        />
      )}
      {canCancel && (
        <ActionButton
          label="Cancel"
          title={`Cancel ${id}`}
          request={() => ({ action: 'command.cancel', id })}
          confirmation={{
            title: `Cancel ${action}?`,
            text: `${target} is not changed. The command ends, and its client learns it.`,
            verb: 'Cancel the command',
            isDangerous: true,
          }}
        />
      )}
    </span>
  );
}

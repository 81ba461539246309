import type { DeliveriesView } from '../../api.ts';
import { DeliveryTable } from '../parts/delivery-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { queryPath } from '../query-path.ts';
import { setQuery } from '../route.ts';

const statuses = ['pending', 'held', 'delivered', 'exhausted', 'cancelled', 'skipped', 'unreadable'] as const;

interface EndpointDeliveriesProps {
  readonly id: string;
  /** Empty for all. */
  readonly status: string;
}

/** The newest deliveries to an endpoint. */
export function EndpointDeliveries({ id, status }: EndpointDeliveriesProps) {
  const path = queryPath('/api/deliveries', { endpoint: id, status, limit: '100' });
  const { data, problem } = usePolled<DeliveriesView>(path, 3_000);
  const command = `pcr deliveries list --endpoint ${id}${status === '' ? '' : ` --status ${status}`}`;
  return (
    <Panel title="Deliveries" note="newest first" command={command}>
      <label class="toolbar">
        Status
        <select value={status} onChange={({ currentTarget }) => setQuery({ status: currentTarget.value })}>
          <option value="">any</option>
          {statuses.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      {problem && <ProblemNote problem={problem} />}
      {data && <DeliveryTable rows={data.rows} caption={`Deliveries to ${id}`} />}
      {data?.hasMore === true && <p class="note">Older ones exist: the command above prints them.</p>}
    </Panel>
  );
}

import type { ActivityRow, ActivityView } from '../../api.ts';
import { Moment } from '../parts/moment.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { hrefOf } from '../route.ts';
import { useStack } from '../stack-context.ts';
import { DeliveryOutcome, noDeliveryText } from './delivery-outcome.tsx';
import { RecordLink } from './record-link.tsx';

/** Rows that the strip displays. The view "Activity" has all that the server returns. */
const stripRows = 14;

/** What happens, live: event, version, deliveries. */
export function ActivityStrip() {
  const { catalog } = useStack();
  const { data, problem } = usePolled<ActivityView>(`/api/activity?catalog=${catalog}`, 1_000);
  return (
    <aside class="strip" aria-label="Live activity">
      <header>
        <h2>Live activity</h2>
        <a href={hrefOf('activity')}>All</a>
      </header>
      {problem && <ProblemNote problem={problem} />}
      {data?.rows.length === 0 && <p class="note">Nothing has happened yet.</p>}
      <ol tabIndex={0} aria-label="Newest versions">
        {data?.rows.slice(0, stripRows).map((row) => (
          <StripItem key={row.messageId} row={row} />
        ))}
      </ol>
    </aside>
  );
}

function StripItem({ row }: { readonly row: ActivityRow }) {
  const { detailType, eventAt, version, type, topics, deliveries } = row;
  const topic = topics.find((each) => each !== type) ?? type;
  return (
    <li>
      <div class="what">
        <RecordLink row={row} />
        <Moment at={eventAt} as="relative" />
      </div>
      <div class="flow">
        <span>{detailType}</span>
        <span>
          v{version} {topic.split('.').at(-1)?.replaceAll('_', ' ')}
        </span>
        {deliveries.map((delivery) => (
          <DeliveryOutcome key={delivery.id} delivery={delivery} />
        ))}
        {deliveries.length === 0 && <span>{noDeliveryText(row)}</span>}
      </div>
    </li>
  );
}

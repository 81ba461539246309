import type { EndpointRow } from '../../api.ts';
import { Moment } from '../parts/moment.tsx';
import { Panel } from '../parts/panel.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { hrefOf } from '../route.ts';
import { EndpointActions } from './endpoint-actions.tsx';
import { OutcomeBars } from './outcome-bars.tsx';

interface EndpointPanelProps {
  readonly row: EndpointRow;
  /** Whether the deliveries of the endpoint follow below. */
  readonly isAlone: boolean;
}

export function EndpointPanel({ row, isAlone }: EndpointPanelProps) {
  const { id, state, disabled, destination, topics, breakerState, pause, hours } = row;
  return (
    <Panel title={id} note={destination}>
      <dl class="facts">
        <div>
          <dt>State</dt>
          <dd>
            <StatusBadge status={state} />
            {disabled && (
              <span class="detail">
                {' '}
                since <Moment at={disabled.at} />: {disabled.reason}
              </span>
            )}
          </dd>
        </div>
        {breakerState !== undefined && (
          <div>
            <dt>Circuit breaker</dt>
            <dd>
              <StatusBadge status={breakerState} /> <span class="detail">{breakerDetail(row)}</span>
            </dd>
          </div>
        )}
        {pause !== undefined && <Fact name="Waits" text={pause} />}
        {topics && <Fact name="Topics" text={topics.join(', ')} />}
      </dl>
      {hours && <OutcomeBars hours={hours} />}
      <div class="buttons">
        <EndpointActions row={row} />
        {isAlone ? (
          <a href={hrefOf('endpoints')}>All endpoints</a>
        ) : (
          <a href={hrefOf('endpoints', id)} aria-label={`Deliveries to ${id}`}>
            Deliveries
          </a>
        )}
      </div>
    </Panel>
  );
}

/** The words behind the state, which the badge has. */
function breakerDetail({ breaker = '', breakerState = 'closed' }: EndpointRow): string {
  return breaker.startsWith(breakerState)
    ? breaker.slice(breakerState.length).replace(/^[ ,]+/, '')
    : breaker;
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

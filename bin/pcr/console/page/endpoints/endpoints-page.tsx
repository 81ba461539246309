import type { EndpointsView } from '../../api.ts';
import { CopiedCommand } from '../parts/copied-command.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import type { ViewProps } from '../view-props.ts';
import { EndpointDeliveries } from './endpoint-deliveries.tsx';
import { EndpointPanel } from './endpoint-panel.tsx';

/** `#/endpoints` lists all; `#/endpoints/ep_crm` also lists the deliveries of one. */
export function EndpointsPage({ rest: [chosen], query }: ViewProps) {
  const { data, problem } = usePolled<EndpointsView>('/api/endpoints', 3_000);
  const rows = data?.rows.filter(({ id }) => chosen === undefined || id === chosen);
  return (
    <>
      <CopiedCommand command={chosen === undefined ? 'pcr endpoints list' : `pcr endpoints show ${chosen}`} />
      {problem && <ProblemNote problem={problem} />}
      {rows?.length === 0 && (
        <p class="note">
          {chosen === undefined ? 'No endpoint exists.' : `There is no endpoint ${chosen}.`}{' '}
          <code>pcr endpoints add</code> adds one.
        </p>
      )}
      {rows?.map((row) => (
        <EndpointPanel key={row.id} row={row} isAlone={chosen !== undefined} />
      ))}
      {chosen !== undefined && <EndpointDeliveries id={chosen} status={query.get('status') ?? ''} />}
    </>
  );
}

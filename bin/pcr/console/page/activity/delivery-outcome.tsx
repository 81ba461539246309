import type { ActivityDelivery, ActivityRow } from '../../api.ts';
import { StatusBadge } from '../parts/status-badge.tsx';
import { latencyText } from '../time-text.ts';

/** `ep_crm ✓ delivered 412 ms`: the outcome of a delivery, and the time since its event. */
export function DeliveryOutcome({ delivery }: { readonly delivery: ActivityDelivery }) {
  const { endpointId, status, attempts, httpStatus, afterMs } = delivery;
  const details = [
    ...(afterMs === undefined ? [] : [latencyText(afterMs)]),
    ...(status === 'delivered' || httpStatus === undefined ? [] : [`HTTP ${httpStatus}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ];
  return (
    <span class="outcome">
      {endpointId} <StatusBadge status={status} detail={details.join(', ') || undefined} />
    </span>
  );
}

/** What stands in place of the outcomes of a version that has no delivery. */
export function noDeliveryText({ isSettled }: ActivityRow): string {
  return isSettled ? 'no endpoint wants it' : 'no delivery yet';
}

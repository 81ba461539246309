import type { CorrelationId } from './correlation.ts';
import { sha256 } from './digest.ts';
import type { DeliveryId } from './ids.ts';

/** Trace Context of the W3C: what an attempt says of where it comes from. Lower-case hex, neither of them all zeros. */
export interface Trace {
  /** 32 digits, the same for all that one event led to. */
  readonly traceId: string;
  /** 16 digits, of one attempt. */
  readonly parentId: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Derived, so that from the event id alone one knows the trace: EventBridge's ids are UUIDs, and without hyphens trace ids. */
export function traceOf(correlationId: CorrelationId, deliveryId: DeliveryId, attemptNumber: number): Trace {
  const digits = uuid.test(correlationId) ? correlationId.replaceAll('-', '').toLowerCase() : '';
  return {
    traceId: isZero(digits) ? sha256(correlationId).slice(0, 32) : digits,
    parentId: sha256([deliveryId, attemptNumber].join('\n')).slice(0, 16),
  };
}

/** Also true of no digits at all. */
function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}

/** The header of that name, version 00, marked as recorded: there is a log of it. */
export function traceparentOf({ traceId, parentId }: Trace): string {
  return `00-${traceId}-${parentId}-01`;
}

/** The same as X-Ray writes it. Whether it is recorded there is left to whoever receives it, and pays for it. */
export function xrayTraceHeaderOf({ traceId, parentId }: Trace): string {
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${parentId}`;
}

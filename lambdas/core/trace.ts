import type { CorrelationId } from './correlation.ts';
import { sha256 } from './digest.ts';
import type { DeliveryId } from './ids.ts';

/** W3C Trace Context of an attempt. Lower-case hexadecimal digits, not all zeros. */
export interface Trace {
  /** 32 digits, the same for everything that one event caused. */
  readonly traceId: string;
  /** 16 digits, different for each attempt. */
  readonly parentId: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The trace id is the UUID of the event without hyphens, so that it can be found from the event id
 * alone.
 */
export function traceOf(correlationId: CorrelationId, deliveryId: DeliveryId, attemptNumber: number): Trace {
  const digits = uuid.test(correlationId) ? correlationId.replaceAll('-', '').toLowerCase() : '';
  return {
    traceId: isZero(digits) ? sha256(correlationId).slice(0, 32) : digits,
    parentId: sha256([deliveryId, attemptNumber].join('\n')).slice(0, 16),
  };
}

/** Also true for an empty text. */
function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}

/** The `traceparent` header, version 00, flagged as recorded because the attempt is logged. */
export function traceparentOf({ traceId, parentId }: Trace): string {
  return `00-${traceId}-${parentId}-01`;
}

/**
 * The trace in the format of X-Ray. Without a sampling decision: the receiver decides, and pays.
 */
export function xrayTraceHeaderOf({ traceId, parentId }: Trace): string {
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${parentId}`;
}

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { traceOf, traceparentOf, xrayTraceHeaderOf } from '../../../lambdas/core/trace.ts';

const eventId = '0A1B2C3D-0000-4000-8000-00000000000f';
const deliveryId = 'dlv_00000000000000000000000000000001';

describe('the trace of an attempt', () => {
  it('uses the event id without hyphens in lower case as trace id', () => {
    expect(traceOf(eventId, deliveryId, 1).traceId).toBe('0a1b2c3d00004000800000000000000f');
  });

  it.each([
    ['the id of a run', 'run_0123456789abcdef0123456789abcdef'],
    ['a UUID of zeros, which no trace may have', '00000000-0000-0000-0000-000000000000'],
    ['nothing', ''],
  ])('uses the start of the SHA-256 of %s as trace id', (_, correlationId) => {
    const digest = createHash('sha256').update(correlationId).digest('hex');
    expect(traceOf(correlationId, deliveryId, 1).traceId).toBe(digest.slice(0, 32));
  });

  it('derives the parent id from delivery and attempt', () => {
    const other = 'dlv_00000000000000000000000000000002';
    const parents = [1, 2, 11].flatMap((attempt) =>
      ([deliveryId, other] as const).map((id) => traceOf(eventId, id, attempt).parentId),
    );
    expect(new Set(parents).size).toBe(6);
    expect(traceOf(eventId, deliveryId, 1)).toEqual(traceOf(eventId, deliveryId, 1));
  });

  it.each([eventId, 'run_1', '00000000-0000-0000-0000-000000000000'])(
    'makes a header that W3C Trace Context allows: %s',
    (correlationId) => {
      const header = traceparentOf(traceOf(correlationId, deliveryId, 3));
      expect(header).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    },
  );

  it('has the same ids in the X-Ray header, without a sampling decision', () => {
    const trace = { traceId: '0a1b2c3d00004000800000000000000f', parentId: 'b7ad6b7169203331' };
    expect(xrayTraceHeaderOf(trace)).toBe('Root=1-0a1b2c3d-00004000800000000000000f;Parent=b7ad6b7169203331');
  });
});

import { describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import type { QuarantineMetric } from '../../../lambdas/quarantine/contract.ts';
import { quarantine } from '../../../lambdas/quarantine/quarantine.ts';
import { invitationEvent, opportunityEvent, snapshotEvent, withValue } from '../../builders/events.ts';
import { inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { inMemorySightings } from '../../fakes/in-memory-sightings.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

function parts() {
  return {
    kept: inMemoryWorkQueue(),
    parked: inMemoryWorkQueue(),
    sightings: inMemorySightings(),
    clock: manualClock('2026-03-01T10:00:00.000Z'),
    log: recordedLog(),
    metrics: recordedMetrics<QuarantineMetric>(),
  };
}

function messageOf(body: string) {
  return { messageId: 'message-1', body, timesSentAgain: 0, firstReceivedAtMs: 0 };
}

describe('promise 5: quarantine', () => {
  it.each([
    ['a known type of another kind', snapshotEvent(), 'Engagement Resource Snapshot Created', 'AWS'],
    [
      'an unknown detail-type',
      snapshotEvent({ detailType: 'Engagement Dissolved', catalog: 'Sandbox' }),
      'Engagement Dissolved',
      'Sandbox',
    ],
    [
      'a known type of another catalog',
      opportunityEvent({ catalog: 'Elsewhere' }),
      'Opportunity Updated',
      'Elsewhere',
    ],
  ] as const)('keeps %s unchanged and counts it', async (_, event, detailType, catalog) => {
    const deps = parts();
    // The text is kept exactly, including white space.
    const body = JSON.stringify(event, null, 3);
    await quarantine(messageOf(body), deps);
    const reason = JSON.stringify({ detailType, catalog });
    expect(deps.kept.parked).toEqual([{ body, code: 'event.unhandled', reason }]);
    expect(deps.parked.parked).toEqual([]);
    expect(deps.metrics.totals()).toHaveProperty('EventsQuarantined', 1);
    expect(deps.log.lines.slice(0, 1)).toEqual([
      {
        level: 'warn',
        event: 'event.parked',
        fields: { correlationId: event['id'], messageId: 'message-1', code: 'event.unhandled', reason },
      },
    ]);
  });

  it('reports a new detail-type once', async () => {
    const deps = parts();
    const legacy = snapshotEvent({ detailType: 'Opportunity Accepted' });
    const dissolved = snapshotEvent({ detailType: 'Engagement Dissolved', eventId: 'made-up-2' });
    for (const event of [legacy, legacy, dissolved, legacy])
      await quarantine(messageOf(JSON.stringify(event)), deps);
    expect(deps.metrics.totals()).toEqual({ EventsQuarantined: 4, DetailTypesDiscovered: 2 });
    expect(deps.log.of('detail-type.discovered')).toEqual([
      { correlationId: legacy['id'], detailType: 'Opportunity Accepted' },
      { correlationId: 'made-up-2', detailType: 'Engagement Dissolved' },
    ]);
  });

  it('does not report a known detail-type in an unknown catalog as new', async () => {
    const deps = parts();
    await quarantine(messageOf(JSON.stringify(opportunityEvent({ catalog: 'Elsewhere' }))), deps);
    expect(deps.metrics.totals()).toEqual({ EventsQuarantined: 1 });
  });

  it.each([
    ['text that is not JSON', 'not even {', ''],
    ['JSON that is not an event', '[1]', ''],
    [
      'an event from somewhere else',
      JSON.stringify(withValue(snapshotEvent(), '/source', 'aws.ec2')),
      '/source',
    ],
    [
      'a malformed event',
      JSON.stringify(withValue(opportunityEvent(), '/detail/opportunity/identifier', 'none')),
      '/detail/opportunity/identifier',
    ],
  ] as const)('parks %s with the path to the problem', async (_, body, path) => {
    const deps = parts();
    await quarantine(messageOf(body), deps);
    expect(deps.parked.parked).toMatchObject([{ body, code: 'event.malformed' }]);
    expect(JSON.parse(deps.parked.parked[0]?.reason ?? '')).toHaveProperty('path', path);
    expect(deps.metrics.totals()).toEqual({ EventsParked: 1 });
  });

  it('fails if the queue is unavailable, so that the event is received again', async () => {
    const details = { operation: 'park', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    const queue = { park: () => Promise.reject(failure) };
    const deps = { ...parts(), kept: queue, parked: queue };
    await expect(quarantine(messageOf('{}'), deps)).rejects.toBe(failure);
    expect([deps.metrics.totals(), deps.log.lines]).toEqual([{}, []]);
  });

  it('promise 6: logs and parks no name of a person or company', async () => {
    const deps = parts();
    const name = 'Example Sender Corp';
    const event = withValue(invitationEvent(), '/detail/engagementInvitation/senderCompanyName', name);
    await quarantine(messageOf(JSON.stringify(event)), deps);
    await quarantine(messageOf(JSON.stringify(withValue(event, '/time', 17))), deps);
    const parked = [...deps.kept.parked, ...deps.parked.parked];
    expect(parked).toHaveLength(2);
    expect(JSON.stringify([deps.log.lines, parked.map(({ reason }) => reason)])).not.toContain(name);
  });
});

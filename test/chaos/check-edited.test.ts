import { describe, expect, it } from 'vitest';
import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import { checkAfterStorm } from '../../local/chaos/checker.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import { SendingLog } from '../../local/chaos/sending-log.ts';
import { messageIdFor } from '../builders/versions.ts';
import { evidence, opportunityPath, postOf } from './evidence-builder.ts';

const found = (of: Partial<Evidence>): string[] =>
  checkAfterStorm(evidence(of), { staleMs: 300, lagMs: 300_000 }).map(
    ({ promise, what }) => `${promise}: ${what}`,
  );
const [first, second] = evidence().versions.get(opportunityPath) ?? [];
if (!first || !second) throw new Error('the evidence has two versions');
const edited = deliveryIdOf(messageIdFor(second), 'ep_all');
const editedDeliveries = new Set([edited]);

function reports(times: number): SendingLog {
  const sending = new SendingLog(() => 0);
  for (let time = 0; time < times; time += 1)
    sending.onLogLine(JSON.stringify({ message: 'row.excluded', deliveryId: edited, problems: [] }));
  return sending;
}

describe('promise 1: a row that was edited by hand is set aside and reported once', () => {
  it('accepts that the message of an edited delivery was not sent', () => {
    expect(found({ posts: [postOf(first)], editedDeliveries, sending: reports(1) })).toEqual([]);
  });

  it('finds a row that was set aside, but was not edited', () => {
    expect(found({ sending: reports(1) })).toEqual([
      `1: the row of ${edited} was set aside, but was not edited`,
    ]);
  });

  it('finds a row that was reported again and again', () => {
    expect(found({ editedDeliveries, sending: reports(3) })).toEqual([
      `1: the row of ${edited} was reported 3 times`,
    ]);
  });

  it('accepts that an edited delivery is parked', () => {
    const parked = {
      queueId: 'WebhookDelivery/Deliver/Parked',
      body: JSON.stringify({ deliveryId: edited }),
    };
    const message = { ...parked, code: 'endpoint.missing', reason: '{}' };
    expect(found({ editedDeliveries, parked: [message] })).toEqual([]);
    expect(found({ parked: [message] })).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { leastConcurrency, leastConcurrencyWithCommands, shareConcurrency } from '../../lib/concurrency.ts';
import { synthesize } from './synthesized-stack.ts';

const shards = 4;
const settings = Array.from({ length: 1_000 - leastConcurrency + 1 }, (_, index) => leastConcurrency + index);

/** The most invocations that run at the same time, with both scheduled functions. */
function totalOf(concurrency: number, takesCommands = false): number {
  const shares = shareConcurrency(concurrency, takesCommands);
  const { hydrate, quarantine, fanOutDoorbell, batchesPerShard, deliver } = shares;
  const ofCommands = takesCommands ? shares.act + 2 : 0;
  return 3 * hydrate + quarantine + fanOutDoorbell + shards * batchesPerShard + deliver + 2 + ofCommands;
}

describe('the shares of concurrency', () => {
  it('leave hydrate, reconcile and sweep their workers while deliver waits for receivers with its whole share', () => {
    for (const concurrency of settings) {
      const { hydrate, deliver } = shareConcurrency(concurrency);
      expect(concurrency - deliver).toBeGreaterThanOrEqual(3 * hydrate + 2);
    }
  });

  it('add up to at most the setting from 18 on, below which the minimums of Lambda add up to more', () => {
    expect(settings.filter((concurrency) => totalOf(concurrency) > concurrency)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17,
    ]);
  });

  it('add up to at most the setting from 22 on with commands, which also keep their workers', () => {
    const chosen = settings.filter((concurrency) => concurrency >= leastConcurrencyWithCommands);
    expect(chosen.filter((concurrency) => totalOf(concurrency, true) > concurrency)).toEqual([
      14, 15, 16, 17, 18, 19, 20, 21,
    ]);
    for (const concurrency of chosen) {
      const { hydrate, act, deliver } = shareConcurrency(concurrency, true);
      expect(concurrency - deliver).toBeGreaterThanOrEqual(3 * hydrate + 2 + act + 2);
    }
  });

  it('leave a fifth of deliver for others while four endpoints hang, where deliver has five workers or more', () => {
    for (const concurrency of settings) {
      const { deliver, slotsPerEndpoint } = shareConcurrency(concurrency);
      if (deliver >= 5) expect(deliver - 4 * slotsPerEndpoint).toBeGreaterThanOrEqual(deliver / 5);
    }
  });

  it('never get smaller when the setting gets larger', () => {
    for (const concurrency of settings.slice(1)) {
      const [before, after] = [shareConcurrency(concurrency - 1), shareConcurrency(concurrency)];
      expect(after.deliver).toBeGreaterThanOrEqual(before.deliver);
      expect(after.batchesPerShard).toBeGreaterThanOrEqual(before.batchesPerShard);
    }
  });
});

describe('relay:concurrency', () => {
  it.each([
    [undefined, '60', { hydrate: 2, quarantine: 2, fanOut: 10, deliver: 30, perShard: 2, slots: '6' }],
    [10, '10', { hydrate: 2, quarantine: 2, fanOut: 2, deliver: 2, perShard: 1, slots: '1' }],
    [400, '400', { hydrate: 2, quarantine: 2, fanOut: 10, deliver: 200, perShard: 10, slots: '40' }],
  ])('relay:concurrency %s limits every event source of the stack', (concurrency, output, expected) => {
    const stack = synthesize({ settings: concurrency === undefined ? {} : { concurrency } });
    const mappings = stack.ofType('AWS::Lambda::EventSourceMapping').map(([, properties]) => properties);
    const mostOf = (queue: string): unknown => {
      const arn = { 'Fn::GetAtt': [stack.logicalId(`${queue}/Queue`), 'Arn'] };
      const found = mappings.find(
        ({ EventSourceArn }) => JSON.stringify(EventSourceArn) === JSON.stringify(arn),
      );
      return Object(found?.['ScalingConfig']).MaximumConcurrency;
    };
    const deliver = stack.ofType('AWS::Lambda::Function').flatMap(([, { Environment }]) => {
      const { SLOTS_PER_ENDPOINT } = Object(Environment).Variables;
      return SLOTS_PER_ENDPOINT === undefined ? [] : [SLOTS_PER_ENDPOINT];
    });
    const perShard = mappings.flatMap(({ ParallelizationFactor: factor }) => (factor ? [factor] : []));
    expect({
      hydrate: mostOf('Hydration/Invitations'),
      quarantine: mostOf('Quarantine/Events'),
      fanOut: mostOf('WebhookDelivery/FanOutDoorbell'),
      deliver: mostOf('WebhookDelivery/DeliveryDoorbell'),
      perShard: perShard[0],
      slots: deliver[0],
    }).toEqual(expected);
    expect(mostOf('Hydration/Opportunities')).toBe(expected.hydrate);
    expect(mostOf('Hydration/Engagements')).toBe(expected.hydrate);
    stack.template.hasOutput('Concurrency', { Value: output });
  });
});

import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { fewAtOnce } from '../few-at-once.ts';
import { firstOf } from '../first-of.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import type { Check, Finding } from './finding.ts';

type Found = readonly Omit<Finding, 'check'>[];

/** Those that deliveries are sent to, and not only kept for. */
async function enabledEndpoints({ endpoints }: Relay): Promise<readonly Endpoint[]> {
  const all = await endpoints.all();
  return all.endpoints.filter(({ disabled, destination }) => !disabled && destination.kind !== 'listener');
}

export const receivers: Check = {
  name: 'receivers',
  async run({ relay }) {
    const found = await fewAtOnce(await enabledEndpoints(relay), async ({ id }): Promise<Found> => {
      const { gate } = await relay.gates.read(id);
      if (!gate || gate.breaker.openings === 0) return [];
      return [
        {
          level: 'warning',
          found: `The endpoint ${id} fails since ${gate.breaker.failingSince ?? 'a while'}: it is tried less often until it answers.`,
          advice: `See what it answers: \`pcr deliveries list --endpoint ${id} --status pending\`, then \`pcr deliveries show\`.`,
        },
      ];
    });
    const failing = found.flat();
    return failing.length > 0 ? failing : [{ level: 'ok', found: 'No endpoint fails again and again.' }];
  },
};

/** Beyond that nobody needs the number. */
const mostCounted = 1_000;

export const heldDeliveries: Check = {
  name: 'deliveries',
  async run({ relay }) {
    const found = await fewAtOnce(await enabledEndpoints(relay), async ({ id }): Promise<Found> => {
      const held = relay.deliveries.list({ endpointId: id, statuses: ['held'] });
      const { found: some, hasMore } = await firstOf(held, mostCounted);
      if (some.length === 0) return [];
      const many = counted(some.length, 'delivery', 'deliveries');
      return [
        {
          level: 'warning',
          found: `${hasMore ? 'More than ' : ''}${many} held for the endpoint ${id}, although it is enabled.`,
          advice: `Send them: \`pcr endpoints enable ${id}\`.`,
        },
      ];
    });
    const held = found.flat();
    return held.length > 0 ? held : [{ level: 'ok', found: 'No delivery is held for an enabled endpoint.' }];
  },
};

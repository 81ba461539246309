import pMap from 'p-map';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { epochMsOf, parseInstant } from '../../../lambdas/core/instant.ts';
import { dayMs } from '../../../lambdas/quota/ledger.ts';
import { type DegradedSecret, degradedText, secretHealth } from '../endpoints/secret-health.ts';
import { concurrency, firstOf } from '../first-of.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import type { Check, Finding } from './finding.ts';

type Found = readonly Omit<Finding, 'check'>[];

/** Endpoints that deliveries are sent to, not only held for. */
async function enabledEndpoints({ endpoints }: Relay): Promise<readonly Endpoint[]> {
  const all = await endpoints.all();
  return all.endpoints.filter(({ disabled, destination }) => !disabled && destination.kind !== 'listener');
}

/** The pause is a row of `deliver`. The secret is also read with the operator's credentials. */
export const blockedEndpoints: Check = {
  name: 'signing',
  async run({ relay }) {
    const found = await pMap(
      await enabledEndpoints(relay),
      async (endpoint): Promise<Found> => {
        const { gate } = await relay.gates.read(endpoint.id);
        const { pause } = gate ?? {};
        const blocked = pause?.cause === 'own-fault' ? pause.reason : undefined;
        const { problem, degraded } = await secretHealth(endpoint, relay);
        const reason = blocked ?? problem;
        if (reason !== undefined) return [blockedFinding(endpoint, reason)];
        return degraded ? [degradedFinding(endpoint, degraded)] : [];
      },
      { concurrency },
    );
    const problems = found.flat();
    return problems.length > 0 ? problems : [{ level: 'ok', found: 'The relay can send to every endpoint.' }];
  },
};

function blockedFinding({ id }: Endpoint, reason: string): Found[number] {
  return {
    level: 'problem',
    found: `Nothing can be sent to the endpoint ${id}: ${reason}.`,
    advice: `Repair the secret, the permission or DNS: \`pcr endpoints show ${id}\`. Its messages wait, and continue by themselves.`,
  };
}

/** Receivers may have the new secret alone, so its loss is the worse one. */
function degradedFinding({ id }: Endpoint, degraded: DegradedSecret): Found[number] {
  const isCurrent = degraded.stage === 'AWSCURRENT';
  const finish = `If its receiver has the new secret: \`pcr endpoints rotate-secret ${id} --finish\`. `;
  return {
    level: isCurrent ? 'problem' : 'warning',
    found: `The secret of the endpoint ${id} is degraded: ${degradedText(degraded)}.`,
    advice: `${isCurrent ? '' : finish}Repair the version or its key. A receiver that has only this one refuses the messages.`,
  };
}

/** Both values of a secret sign meanwhile: a lost old value stays usable. */
export const rotationsFinished: Check = {
  name: 'rotations',
  async run({ relay, io }) {
    const found = await pMap(
      await enabledEndpoints(relay),
      async ({ id, destination }): Promise<Found> => {
        if (destination.kind !== 'webhook') return [];
        const state = await relay.secrets.state(destination.secretId);
        if (state?.isRotating !== true) return [];
        const since = parseInstant(state.currentSince);
        if (since !== undefined && io.clock.nowMs() - epochMsOf(since) < dayMs) return [];
        return [
          {
            level: 'warning',
            found: `The secret of the endpoint ${id} is being rotated since ${state.currentSince}: the old one still signs.`,
            advice: `When its receiver has the new secret: \`pcr endpoints rotate-secret ${id} --finish\`.`,
          },
        ];
      },
      { concurrency },
    );
    const unfinished = found.flat();
    return unfinished.length > 0 ? unfinished : [{ level: 'ok', found: 'No rotation is older than a day.' }];
  },
};

export const receivers: Check = {
  name: 'receivers',
  async run({ relay }) {
    const found = await pMap(
      await enabledEndpoints(relay),
      async ({ id }): Promise<Found> => {
        const { gate } = await relay.gates.read(id);
        if (!gate || gate.breaker.openings === 0) return [];
        return [
          {
            level: 'warning',
            found: `The endpoint ${id} has been failing since ${gate.breaker.failingSince ?? 'a while'}: attempts are less frequent until it recovers.`,
            advice: `See its answers: \`pcr deliveries list --endpoint ${id} --status pending --json\`.`,
          },
        ];
      },
      { concurrency },
    );
    const failing = found.flat();
    return failing.length > 0 ? failing : [{ level: 'ok', found: 'No circuit breaker is open.' }];
  },
};

/** A larger number is printed as "More than". */
const mostCounted = 1_000;

export const heldDeliveries: Check = {
  name: 'deliveries',
  async run({ relay }) {
    const found = await pMap(
      await enabledEndpoints(relay),
      async ({ id }): Promise<Found> => {
        const held = relay.deliveries.rows({ endpointId: id, statuses: ['held'] });
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
      },
      { concurrency },
    );
    const held = found.flat();
    return held.length > 0 ? held : [{ level: 'ok', found: 'No delivery is held for an enabled endpoint.' }];
  },
};

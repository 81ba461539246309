import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { parseJson } from '../../lambdas/core/json-text.ts';
import { topics } from '../../lambdas/core/message-type.ts';
import type { ControlRequest } from '../control-door.ts';
import { reconcileId } from '../function-ids.ts';
import type { Stage } from '../host/stage.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { isReminding } from './reminder-triggers.ts';
import { isTriggerTopic, trigger } from './triggers.ts';

export interface TriggeredStage {
  readonly partner: SimulatedPartner;
  /** Puts the events that the partner has emitted on the bus. @returns them */
  readonly carry: () => Promise<readonly PartnerEventEnvelope[]>;
  readonly stage: Pick<Stage, 'functions' | 'idle'>;
}

const request = v.object({ topic: v.picklist(topics), id: v.optional(v.string()) });

/** Changes a record as `pcr trigger` requests, and puts the events of the change on the bus. */
export function triggerOn({ partner, carry, stage }: TriggeredStage): ControlRequest {
  return async (path, body) => {
    if (path !== '/trigger') throw new Error(`The local stage does not support ${path}.`);
    const { topic, id } = v.parse(request, parseJson(body));
    if (!isTriggerTopic(topic))
      throw new Error(
        `${topic}: only a command of your software leads to it; allowed: pcr commands send, see docs/commands.md`,
      );
    const settle = async () => {
      await carry();
      await waitUntilDrained(stage);
    };
    const since = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
    const { catalog, kind, id: changed } = await trigger(topic, id, { partner, settle });
    const events = await carry();
    // `reconcile` finds out from the table what expires soon, and what to remind of.
    if (topic === 'engagement_invitation.expiring' || isReminding(topic)) await announce(stage, catalog);
    return { catalog, kind, id: changed, eventIds: events.map((event) => event.id), since };
  };
}

/** Longer than one record takes. Deliveries that fail are work for longer than people wait. */
const longestMs = 5_000;

async function waitUntilDrained({ idle }: TriggeredStage['stage']): Promise<void> {
  await Promise.race([idle(), sleep(longestMs, undefined, { ref: false })]);
}

async function announce(stage: TriggeredStage['stage'], catalog: string): Promise<void> {
  await waitUntilDrained(stage);
  await stage.functions.get(reconcileId).invoke({ now: true, catalog });
}

import { beforeEach, describe, expect, it } from 'vitest';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { invitationEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied } from '../../builders/partner-central-failures.ts';
import { invitationKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateInvitations,
  hydrationWorld,
  outcomesOf,
  queued,
} from './hydration-world.ts';

const operation = 'GetEngagementInvitation';
const { id } = invitationKey;
const pending = invitationPayload();
const refused = accessDenied(operation);

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

function ending(name: 'Rejected' | 'Expired', seconds = 60): QueuedMessage {
  return queued(invitationEvent({ detailType: `Engagement Invitation ${name}`, time: eventTime(seconds) }));
}

/** Hydrates Created, then the ending a minute later, with redaction on or off. */
async function end(name: 'Rejected' | 'Expired', redactRejected: boolean): Promise<void> {
  await hydrateInvitations(world, [queued(invitationEvent())], { redactRejected });
  world.clock.set('2026-03-01T10:01:05.000Z');
  await hydrateInvitations(world, [ending(name)], { redactRejected });
}

function last() {
  return world.records.versions().at(-1);
}

describe('promise 7: an invitation that was rejected or taken away', () => {
  const rejected = invitationPayload({ status: 'REJECTED' });
  const expired = invitationPayload({ status: 'EXPIRED' });

  it.each([
    ['rejected and readable', 'Rejected', rejected, rejected],
    ['rejected and taken away', 'Rejected', refused, rejected],
    ['expired and taken away', 'Expired', refused, expired],
  ] as const)('loses its sensitive members with redaction on: %s', async (_, name, answer, payload) => {
    world.partnerCentral.answer(operation, id, pending, answer);
    await end(name, true);
    expect(last()).toMatchObject({ version: 2, redacted: true, payload: redactPayload(payload) });
    const { attributes, changes } = last() ?? {};
    expect(JSON.stringify([last()?.payload, attributes, changes])).not.toMatch(
      /Example Corp|Paulo|cannot grow|Data platform/,
    );
    expect(attributes).toMatchObject({ status: payload['Status'], dueOn: '2026-03-16T10:00:00.123Z' });
  });

  it.each([
    ['rejected and readable', 'Rejected', rejected, rejected],
    ['rejected and taken away', 'Rejected', refused, rejected],
  ] as const)('keeps its sensitive members with redaction off: %s', async (_, name, answer, payload) => {
    world.partnerCentral.answer(operation, id, pending, answer);
    await end(name, false);
    expect(last()).toMatchObject({ version: 2, redacted: false, payload });
  });

  it.each([
    ['merely expired', expired],
    ['accepted', invitationPayload({ status: 'ACCEPTED' })],
    ['pending', pending],
  ])('keeps its sensitive members if it is %s', async (_, answer) => {
    world.partnerCentral.answer(operation, id, answer);
    await hydrateInvitations(world, [queued(invitationEvent())], { redactRejected: true });
    expect(last()).toMatchObject({ redacted: false, payload: answer });
  });

  it('is redacted if the status comes from the event and not from the read', async () => {
    world.partnerCentral.answer(operation, id, pending);
    world.clock.set('2026-03-01T10:02:00.000Z');
    await hydrateInvitations(world, [ending('Rejected')], { redactRejected: true });
    expect(last()).toMatchObject({ redacted: true, payload: redactPayload(rejected) });
  });

  it.each([rejected, refused])(
    'stays one version if its ending is reported repeatedly (%#)',
    async (answer) => {
      world.partnerCentral.answer(operation, id, pending, answer);
      await end('Rejected', true);
      world.clock.set('2026-03-01T10:01:10.000Z');
      await hydrateInvitations(world, [ending('Rejected', 70), ending('Rejected', 69)], {
        redactRejected: true,
      });
      expect(outcomesOf(world)).toEqual(['stored', 'stored', 'unchanged']);
      expect(last()?.version).toBe(2);
    },
  );

  it('is redacted by the next event after redaction is switched on', async () => {
    world.partnerCentral.answer(operation, id, pending, refused);
    await end('Rejected', false);
    world.clock.set('2026-03-01T10:01:15.000Z');
    await hydrateInvitations(world, [ending('Rejected', 70)], { redactRejected: true });
    expect(last()).toMatchObject({
      version: 3,
      type: 'engagement_invitation.updated',
      redacted: true,
      tombstone: true,
      payload: redactPayload(rejected),
    });
  });
});

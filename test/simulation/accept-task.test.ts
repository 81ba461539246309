import { expect, it } from 'vitest';
import { accept } from '../../lambdas/commands/accept.ts';
import { commandIdOf, commandKeyOf, parseCommandState } from '../../lambdas/core/command-state.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { at, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { lineDoorbellBody } from '../../lambdas/core/line-doorbell.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { outboxGraceMs } from '../../lambdas/core/retry-schedule.ts';
import { everyAction } from '../../local/simulation/account.ts';
import { createWorld } from '../../local/simulation/world.ts';

const client = 'arn:aws:iam::123456789012:role/crm';
const minuteMs = 60_000;

it('an accepted invitation leads to its opportunity, exact links, contacts and messages', async () => {
  // No early reads with this seed: one would overtake the events of other records.
  const world = createWorld({ seed: 10, commands: 1 });
  const { scheduler, faults, partner, storage, account, receivers, schedules } = world;
  faults.endStorm();
  partner.writes.behavior = {
    ...partner.writes.behavior,
    contactsAfterMs: 90_000,
    planTask: () => ({ afterMs: 4_000 }),
  };
  const runFor = (ms: number): Promise<void> => {
    const endsAtMs = scheduler.nowMs() + ms;
    return scheduler.run(() => scheduler.nowMs() >= endsAtMs);
  };
  schedules.start();
  const id = partner.createInvitation('AWS', 'OpportunityInvitation');
  await runFor(minuteMs);

  const acceptance = await accept(
    { name: client },
    'referral-1',
    { action: 'invitation.accept', catalog: 'AWS', target: id },
    instantOf(scheduler.nowMs()),
    {
      records: storage.records,
      index: storage.index,
      commands: storage.commands,
      doorbell: {
        ring: async (lines) => {
          for (const line of lines) account.queues.act.send(lineDoorbellBody(line));
        },
      },
      enabled: everyAction,
      outboxGraceMs: outboxGraceMs(1),
    },
  );
  expect(acceptance.kind).toBe('accepted');
  await runFor(5 * minuteMs);

  const path = recordPath(commandKeyOf({ catalog: 'AWS' }, commandIdOf(client, 'referral-1')));
  const command = parseCommandState(storage.state(path)?.payload ?? {});
  expect(command).toMatchObject({ status: 'succeeded', evidence: 'answer' });
  const opportunity = storage.state(`AWS/opportunity/${command?.opportunityId}`);
  const invitation = storage.state(`AWS/engagement-invitation/${id}`);
  expect(opportunity?.links).toContainEqual({ kind: 'engagement-invitation', id, via: 'acceptance-task' });
  expect(invitation?.links).toContainEqual({
    kind: 'opportunity',
    id: command?.opportunityId,
    via: 'acceptance-task',
  });
  expect(at(opportunity?.payload, 'Customer', 'Contacts')).toHaveLength(1);

  // Messages of different records have no order.
  const typesOf = (of: string) =>
    receivers.posts
      .filter(({ endpointId, path: to }) => endpointId === 'ep_all' && to === of)
      .map(({ body }) => textAt(tryParseJson(body), 'type'));
  expect(typesOf(`AWS/engagement-invitation/${id}`)).toEqual([
    'engagement_invitation.created',
    'engagement_invitation.accepted',
    'engagement_invitation.updated',
  ]);
  expect(typesOf(`AWS/opportunity/${command?.opportunityId}`)).toEqual([
    'opportunity.created',
    // The links to the invitation and to the engagement, and the contacts.
    'opportunity.updated',
    'opportunity.updated',
    'opportunity.updated',
  ]);
});

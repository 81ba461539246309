import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Drill } from '../drill.ts';

const opportunities = 'Hydration/Opportunities';

const denied = { RefusedByPartnerCentral: 'the read is refused' };

export const lostWorkDrills: readonly Drill[] = [
  {
    alarm: 'ParkedOpportunity',
    fault: 'Partner Central denies the read of an opportunity that has changed.',
    alsoFires: denied,
    cause: async ({ partner, simulator, carry, play }) => {
      // Drills before this one may have lasted a day without an event, which is silence.
      partner.createOpportunity('AWS');
      await carry();
      await play(1);
      simulator.injectFaults((operation) => (operation === 'GetOpportunity' ? 'access-denied' : undefined));
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      { words: 'remove the cause', perform: async ({ simulator }) => simulator.injectFaults(undefined) },
      { command: 'pcr parked redrive --queue opportunity --all --yes' },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'ParkedInvitation',
    fault: 'Partner Central denies the read of an invitation.',
    alsoFires: denied,
    cause: async ({ partner, simulator, carry }) => {
      simulator.injectFaults((operation) =>
        operation === 'GetEngagementInvitation' ? 'access-denied' : undefined,
      );
      partner.createInvitation('AWS', 'OpportunityInvitation');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      { words: 'remove the cause', perform: async ({ simulator }) => simulator.injectFaults(undefined) },
      { command: 'pcr parked redrive --queue invitation --all --yes' },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'ParkedEngagement',
    fault: 'Partner Central denies the read of an engagement.',
    alsoFires: denied,
    cause: async ({ partner, simulator, carry }) => {
      simulator.injectFaults((operation) => (operation === 'GetEngagement' ? 'access-denied' : undefined));
      partner.createEngagement('AWS');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      { words: 'remove the cause', perform: async ({ simulator }) => simulator.injectFaults(undefined) },
      { command: 'pcr parked redrive --queue engagement --all --yes' },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'ParkedQuarantine',
    fault: 'An event arrives that has no detail.',
    cause: async ({ stage }) => {
      await stage.bus.put({ source: 'aws.partnercentral-selling', 'detail-type': 'Opportunity Reassigned' });
    },
    firesWithinMinutes: 2,
    mend: [{ command: 'pcr parked drop --queue quarantine --all --yes' }],
    endsWithinMinutes: 20,
  },
  {
    alarm: 'ParkedFanOut',
    fault: 'A message that names no version was sent to the doorbell queue of fan-out.',
    cause: async ({ stage, sqs }) => {
      const { url: QueueUrl } = stage.queues.get('WebhookDelivery/FanOutDoorbell/Queue');
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'by hand' }));
    },
    firesWithinMinutes: 2,
    mend: [{ command: 'pcr parked drop --queue fan-out --all --yes' }],
    endsWithinMinutes: 20,
  },
  {
    alarm: 'RulesUndelivered',
    fault:
      'The policies of a queue and its parked queue were edited, so that EventBridge can send to neither.',
    alsoFires: { Drift: 'reconciliation repairs what the lost event said' },
    cause: async ({ partner, refuseSends, carry }) => {
      refuseSends(`${opportunities}/Queue`, true);
      refuseSends(`${opportunities}/Parked`, true);
      partner.createOpportunity('AWS');
      // EventBridge reports the loss by its metric only.
      await carry().catch(() => undefined);
    },
    firesWithinMinutes: 2,
    mend: [
      {
        words: 'undo that change',
        perform: async ({ refuseSends, play }) => {
          refuseSends(`${opportunities}/Queue`, false);
          refuseSends(`${opportunities}/Parked`, false);
          // Only then a pass is sure that the event was lost.
          await play(2);
        },
      },
      { command: 'pcr reconcile' },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'ParkedDelivery',
    fault: 'A receiver refuses a message until all ten attempts are spent.',
    cause: async ({ partner, receiver, carry }) => {
      receiver.status = 422;
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 6 * 60,
    mend: [
      {
        words: 'have the receiver repaired',
        perform: async ({ receiver }) => {
          receiver.status = 204;
        },
      },
      { command: 'pcr parked redrive --queue delivery --all --yes' },
    ],
    endsWithinMinutes: 20,
  },
];

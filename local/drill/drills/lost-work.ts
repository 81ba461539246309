import type { Drill } from '../drill.ts';

const opportunities = 'Hydration/Opportunities/Queue';

export const lostWorkDrills: readonly Drill[] = [
  {
    alarm: 'Parked',
    fault: 'Partner Central denies the read of an opportunity that has changed.',
    cause: async ({ partner, simulator, carry }) => {
      simulator.injectFaults((operation) => (operation === 'GetOpportunity' ? 'access-denied' : undefined));
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      {
        words: 'remove the cause',
        perform: async ({ simulator }) => simulator.injectFaults(undefined),
      },
      { command: 'pcr parked redrive --queue QUEUE --all', values: () => ({ QUEUE: 'opportunity' }) },
    ],
    endsWithinMinutes: 20,
  },
  {
    alarm: 'RulesUndelivered',
    fault: 'The policy of a queue was edited, so that it takes no event from EventBridge.',
    alsoFires: { Parked: 'the event is in a parked queue' },
    cause: async ({ partner, refuseSends, carry }) => {
      refuseSends(opportunities, true);
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      {
        words: 'undo that change',
        perform: async ({ refuseSends }) => refuseSends(opportunities, false),
      },
      { command: 'pcr parked redrive --queue QUEUE --all', values: () => ({ QUEUE: 'opportunity' }) },
      { command: 'pcr reconcile' },
    ],
    endsWithinMinutes: 20,
  },
];

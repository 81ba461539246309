import type { Drill } from '../drill.ts';
import type { DrillStage } from '../stage/drill-stage.ts';

const opportunities = 'Hydration/Opportunities/Queue';
const records = 'Records/Table';
const reconcileSchedule = 'Reconciliation/EveryMinute';
const sweepSchedule = 'WebhookDelivery/EveryMinute';

/** Disables a schedule a minute after its last run. The minutes before a drill have no run each. */
async function stopSchedule({ play, schedules }: DrillStage, id: string): Promise<void> {
  await play(1);
  schedules.disable(id);
}

export const lateWorkDrills: readonly Drill[] = [
  {
    alarm: 'WorkTooOld',
    fault: 'The event source mapping of a queue was disabled, and an opportunity changes.',
    cause: async ({ partner, pause, carry }) => {
      await pause(opportunities);
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 120,
    mend: [
      {
        words: 'enable the event source mapping',
        perform: async ({ resume }) => resume(opportunities),
      },
    ],
    endsWithinMinutes: 60,
  },
  {
    alarm: 'StreamBehind',
    fault: 'The event source mapping of the stream was disabled for 20 minutes.',
    cause: async ({ partner, pause, resume, carry, play }) => {
      await pause(records);
      partner.createOpportunity('AWS');
      await carry();
      await play(20);
      resume(records);
    },
    firesWithinMinutes: 2,
    mend: [{ words: 'enable the event source mapping of the stream' }],
    endsWithinMinutes: 30,
  },
  {
    alarm: 'SweepStopped',
    fault: 'The schedule that calls sweep was disabled.',
    cause: (stage) => stopSchedule(stage, sweepSchedule),
    firesWithinMinutes: 15,
    mend: [
      {
        words: 'enable the schedule',
        perform: async ({ schedules }) => schedules.enable(sweepSchedule),
      },
    ],
    endsWithinMinutes: 10,
  },
  {
    alarm: 'ReconcileStopped',
    fault: 'The schedule that calls reconcile was disabled.',
    cause: (stage) => stopSchedule(stage, reconcileSchedule),
    firesWithinMinutes: 15,
    mend: [
      {
        words: 'enable the schedule',
        perform: async ({ schedules }) => schedules.enable(reconcileSchedule),
      },
    ],
    endsWithinMinutes: 10,
  },
];

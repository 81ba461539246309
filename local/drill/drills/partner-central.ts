import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../../../lambdas/core/json.ts';
import type { Drill } from '../drill.ts';
import type { DrillStage } from '../stage/drill-stage.ts';

/**
 * Changes an opportunity, and loses its event. A pass that finds the change within a minute does
 * not call it drift, because the event may still arrive: so two minutes pass.
 */
async function changeWithoutEvent({ partner, forget, clock }: DrillStage): Promise<void> {
  partner.createOpportunity('AWS');
  forget();
  clock.advanceTo(clock.nowMs() + 2 * 60_000);
}

/** Longer than from one pass over a list to the next. */
const nextPassMinutes = 90;

/**
 * Until CloudWatch reads no hour in which the quota was nearly used: the reads count for 25 hours,
 * and CloudWatch looks back 26. Before that, an hour without a value lets it look one hour further
 * back, and the alarm fires again.
 */
const quotaForgottenMinutes = 52 * 60;

export const partnerCentralDrills: readonly Drill[] = [
  {
    alarm: 'RefusedByPartnerCentral',
    fault: 'Partner Central denies every list.',
    cause: async ({ simulator }) =>
      simulator.injectFaults((operation) => (operation.startsWith('List') ? 'access-denied' : undefined)),
    firesWithinMinutes: nextPassMinutes,
    mend: [
      { words: 'grant the permission', perform: async ({ simulator }) => simulator.injectFaults(undefined) },
      { command: 'pcr reconcile' },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'Drift',
    fault: 'An opportunity changes, and AWS sends no event.',
    cause: changeWithoutEvent,
    firesWithinMinutes: nextPassMinutes,
    mend: [{ words: 'nothing if it happens once' }],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'Silence',
    fault: 'Events were switched off in Partner Central for longer than `relay:silenceDays`.',
    alsoFires: { Drift: 'the changes are found and repaired' },
    cause: async (stage) => {
      await stage.play(25 * 60);
      await changeWithoutEvent(stage);
    },
    firesWithinMinutes: nextPassMinutes,
    mend: [
      {
        words: 'enable event notifications in partner central',
        perform: async ({ partner, carry }) => {
          partner.createOpportunity('AWS');
          await carry();
        },
      },
    ],
    endsWithinMinutes: 6 * 60,
  },
  {
    alarm: 'QuotaNearlyUsed',
    fault: 'More than 80 % of the reads of a day are used by a burst of events.',
    cause: async ({ partner, carry, play, board }) => {
      // Changes of few opportunities: the lists of many would use up the quota for days.
      const ids = Array.from({ length: 40 }, () => partner.createOpportunity('AWS'));
      // At least one read for each: twice as many reads as the alarm allows.
      for (let burst = 0; burst < 40 && board.stateOf('QuotaNearlyUsed') !== 'ALARM'; burst += 1) {
        for (const id of ids) partner.updateOpportunity(id);
        await carry();
        await play(1);
      }
    },
    firesWithinMinutes: 1,
    mend: [
      {
        words: 'each hour frees what was used a day before',
        perform: async ({ play }) => void (await play(quotaForgottenMinutes)),
      },
    ],
    endsWithinMinutes: 60,
  },
  {
    alarm: 'TimestampsUnreadable',
    fault: 'Partner Central sends a LastModifiedDate in another format.',
    alsoFires: { Drift: 'the next pass finds the valid date in a list, and stores it' },
    cause: async ({ partner, simulator, carry }) => {
      simulator.alterAnswers((operation, body) =>
        operation === 'GetOpportunity' && isJsonObject(body)
          ? { ...body, LastModifiedDate: '03/01/2026 10:00' }
          : body,
      );
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 2,
    mend: [
      {
        words: 'nothing if it happens once',
        perform: async ({ simulator, play }) => {
          simulator.alterAnswers(undefined);
          await play(nextPassMinutes);
        },
      },
    ],
    endsWithinMinutes: 4 * 60,
  },
  {
    alarm: 'DetailTypeDiscovered',
    fault: 'AWS sends an event of a detail-type that it has never sent.',
    cause: async ({ partner, forget, stage }) => {
      partner.createOpportunity('AWS');
      const [event] = forget();
      // The opportunity is stored, so that no pass finds it missing.
      await stage.bus.put(event);
      await stage.bus.put({ ...event, id: randomUUID(), 'detail-type': 'Opportunity Reassigned' });
    },
    firesWithinMinutes: 2,
    mend: [{ words: 'look for a release that reads it' }],
    endsWithinMinutes: 20,
  },
];

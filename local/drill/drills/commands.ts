import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { isJsonObject } from '../../../lambdas/core/json.ts';
import type { Drill } from '../drill.ts';
import type { DrillStage } from '../stage/drill-stage.ts';

/** Creates an opportunity that takes updates, and waits until it is stored. */
async function createStored({ partner, carry, play }: DrillStage): Promise<string> {
  const id = partner.createOpportunity('AWS');
  await carry();
  await play(2);
  return id;
}

let asked = 0;

/** Asks for another customer website, as a client does. @returns the key of the command */
async function askForUpdate({ stage }: DrillStage, target: string): Promise<string> {
  asked += 1;
  const key = `drill-${asked}`;
  const { url } = stage.httpApis.get('Commands/Api/Api');
  const patch = { Customer: { Account: { WebsiteUrl: `https://www${asked}.example.com` } } };
  const answer = await fetch(`${url}/commands`, {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: JSON.stringify({ action: 'opportunity.update', catalog: 'AWS', target, patch }),
  });
  if (answer.status !== 202)
    throw new Error(`a command was answered ${answer.status}: ${await answer.text()}`);
  return key;
}

/** An alarm with a period of an hour ends after the value is out of the range of evaluation. */
const hourlyEndsWithinMinutes = 4 * 60;

export const commandDrills: readonly Drill[] = [
  {
    alarm: 'CommandsFailed',
    fault: 'A person changes what a client also wants to change, and the client does not know it.',
    cause: async (stage) => {
      const id = await createStored(stage);
      // Its event is on its way.
      stage.partner.updateOpportunity(id, {
        patch: { Customer: { Account: { WebsiteUrl: 'https://person.example.com' } } },
      });
      await askForUpdate(stage, id);
      await stage.play(1);
      await stage.carry();
    },
    firesWithinMinutes: 5,
    mend: [{ words: 'nothing if the client handles it' }],
    endsWithinMinutes: hourlyEndsWithinMinutes,
  },
  {
    alarm: 'CommandsDenied',
    fault: 'The role of act was edited: it may not update opportunities.',
    cause: async (stage) => {
      const id = await createStored(stage);
      stage.simulator.injectFaults((operation) =>
        operation === 'UpdateOpportunity' ? 'access-denied' : undefined,
      );
      await askForUpdate(stage, id);
    },
    firesWithinMinutes: 5,
    mend: [
      {
        words: 'undo what was changed by hand',
        perform: async ({ simulator, play, carry }) => {
          simulator.injectFaults(undefined);
          await play(10);
          await carry();
        },
      },
    ],
    endsWithinMinutes: hourlyEndsWithinMinutes,
  },
  {
    alarm: 'CommandTooOld',
    fault: 'Partner Central throttles every update for more than an hour.',
    cause: async (stage) => {
      const id = await createStored(stage);
      stage.simulator.injectFaults((operation) =>
        operation === 'UpdateOpportunity' ? 'throttle' : undefined,
      );
      await askForUpdate(stage, id);
    },
    firesWithinMinutes: 3 * 60,
    mend: [
      {
        words: 'if partner central fails, wait',
        perform: async ({ simulator, play, carry }) => {
          simulator.injectFaults(undefined);
          await play(10);
          await carry();
        },
      },
    ],
    endsWithinMinutes: 2 * 60,
  },
  {
    alarm: 'ReviewStatusRegressed',
    fault: 'After a write, Partner Central shows an opportunity without a review status.',
    cause: async (stage) => {
      const { simulator, partner } = stage;
      const id = await createStored(stage);
      const before = partner.writes.effective.length;
      simulator.alterAnswers((operation, body) => {
        if (operation !== 'GetOpportunity' || partner.writes.effective.length === before) return body;
        if (!isJsonObject(body) || !isJsonObject(body['LifeCycle'])) return body;
        const { ReviewStatus: _, ...lifeCycle } = body['LifeCycle'];
        return { ...body, LifeCycle: lifeCycle };
      });
      await askForUpdate(stage, id);
    },
    firesWithinMinutes: 5,
    mend: [
      {
        words: 'ask the aws contact of the opportunity to repeat it',
        perform: async ({ simulator, carry }) => {
          simulator.alterAnswers(undefined);
          await carry();
        },
      },
    ],
    endsWithinMinutes: hourlyEndsWithinMinutes,
  },
  {
    alarm: 'WritesNearlyUsed',
    fault: 'More than 80 % of the writes of a day are used by a burst of commands.',
    cause: async (stage) => {
      const id = await createStored(stage);
      for (let burst = 0; burst < 100 && stage.board.stateOf('WritesNearlyUsed') !== 'ALARM'; burst += 10) {
        for (let each = 0; each < 10; each += 1) await askForUpdate(stage, id);
        await stage.play(1);
        await stage.carry();
      }
    },
    firesWithinMinutes: 2,
    mend: [
      {
        words: 'each hour frees what was used a day before',
        perform: async ({ play }) => void (await play(25 * 60)),
      },
    ],
    endsWithinMinutes: 26 * 60,
  },
  {
    alarm: 'ParkedAct',
    fault: 'A message that names no line was sent to the doorbell queue of act.',
    cause: async ({ stage, sqs }) => {
      const { url: QueueUrl } = stage.queues.get('ActDoorbell/Queue');
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'by hand' }));
    },
    firesWithinMinutes: 2,
    mend: [{ command: 'pcr parked drop --queue act --all --yes' }],
    endsWithinMinutes: 20,
  },
];

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { eventsMatched, rulesEnabled } from '../../../bin/pcr/doctor/event-checks.ts';
import type { Check, CheckContext } from '../../../bin/pcr/doctor/finding.ts';
import { relayOf } from '../../../bin/pcr/relay.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../../lambdas/adapters/system-random.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type Stage, startStage } from '../../../local/host/stage.ts';
import { stackPartsOf } from '../../builders/stack-parts.ts';
import { resource, writeAssembly } from '../host/write-assembly.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A stage with one queue and rules in the given states. */
async function stageWith(states: readonly string[]): Promise<Stage> {
  const Targets = [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Q1', 'Arn'] } }];
  const rules = states.map((State, index): [string, unknown] => [
    `R${index}`,
    resource('AWS::Events::Rule', `R${index}`, { EventPattern: { source: ['s'] }, State, Targets }),
  ]);
  const assembly = await writeAssembly(
    { Q1: resource('AWS::SQS::Queue', 'Q', {}), ...Object.fromEntries(rules) },
    {},
  );
  const stage = await startStage({
    template: assembly.folder,
    env: {},
    partnerCentralUrl: 'http://127.0.0.1:9',
    onLine: () => undefined,
  });
  ends.push(async () => {
    await stage.stop();
    assembly.remove();
  });
  return stage;
}

/** Runs the check on a deployment whose queues are all the one of the stage. */
async function found({ run }: Check, stage: Stage) {
  const { url } = stage.queues.get('Q');
  const outputs = ['Opportunity', 'Invitation', 'Engagement', 'Quarantine', 'Delivery'].flatMap(
    (name): [string, string][] => [
      [`${name}QueueUrl`, url],
      [`${name}ParkedQueueUrl`, url],
    ],
  );
  const tables: [string, string][] = [
    ['RecordsTableName', 'records'],
    ['WebhooksTableName', 'webhooks'],
  ];
  const sqs = clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SQS);
  const plane = { ...clientSettings(stage.controlPlane.AWS_ENDPOINT_URL_EVENTBRIDGE), maxAttempts: 1 };
  const stack = { name: 'Sample', outputs: new Map([...outputs, ...tables]) };
  const relay = relayOf(stack, new CloudFormationClient(plane), plane);
  const examined: CheckContext = {
    relay: { ...relay, clients: { ...relay.clients, sqs: new SQSClient(sqs) } },
    settings: async () => ({
      catalogs: ['AWS'],
      limits: { perSecond: 10, perDay: 100_000 },
      reminders: false,
    }),
    parts: stackPartsOf(),
    io: { clock: systemClock, random: systemRandom },
  };
  return (await run(examined)).map(({ level, found: text }) => `${level}: ${text}`);
}

test('doctor names a disabled rule as a problem', async () => {
  const stage = await stageWith(['ENABLED', 'DISABLED']);
  expect(new Set(await found(rulesEnabled, stage))).toEqual(
    new Set([
      'problem: The rule Sample-R1 is disabled: its events are lost until `reconcile` finds the changes.',
    ]),
  );
});

test('doctor reports a queue that no rule feeds as a problem', async () => {
  const stage = await stageWith([]);
  expect(await found(rulesEnabled, stage)).toContain(
    'problem: No rule of the default bus feeds the queue opportunity.',
  );
});

test('doctor warns if there was no event for a week', async () => {
  const stage = await stageWith(['ENABLED']);
  expect((await found(eventsMatched, stage))[0]).toContain('warning: No event of Partner Central in 7 days');
  await stage.bus.put({ id: 'e', source: 's' });
  expect(await found(eventsMatched, stage)).toEqual(['ok: 1 event of Partner Central in 7 days.']);
});

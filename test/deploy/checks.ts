import {
  eventIdOf,
  findUnfinishedWork,
  type ParkedMessage,
  readParkedMessages,
  readStoredRecords,
} from '../../local/observation.ts';
import type { Receiver } from '../../local/receiver.ts';
import { compareWithTruth } from '../../local/truth-check.ts';
import type { Deployed } from './deployed.ts';
import type { PartnerCentral } from './partner.ts';
import type { Unprocessed } from './scenes.ts';
import { until } from './until.ts';

/** The deployed stack under test, with the events on its bus and the receiver of its messages. */
export interface DeployTest {
  readonly deployed: Deployed;
  readonly central: PartnerCentral;
  readonly receiver: Receiver;
  readonly eventIds: ReadonlySet<string>;
}

/**
 * Waits until tables and verified messages agree with the simulated Partner Central.
 * @param mayBeMissing paths of records that may be missing
 */
export async function untilTrue(
  test: DeployTest,
  seconds: number,
  mayBeMissing: readonly string[] = [],
): Promise<void> {
  const { dynamodb, tables } = test.deployed;
  await until('tables and webhooks agree with Partner Central', seconds, async () => [
    ...(await differences(test, mayBeMissing)),
    ...(await findUnfinishedWork(dynamodb, tables)).map((work) => `unfinished: ${work}`),
  ]);
}

/** What differs between Partner Central, the table and the verified messages. */
export async function differences(
  { deployed, central, receiver, eventIds }: DeployTest,
  mayBeMissing: readonly string[] = [],
): Promise<readonly string[]> {
  const { current } = await readStoredRecords(deployed.dynamodb, deployed.tables.records);
  // Commands are records that only this stack has. Their messages go to endpoints that name them.
  const states = new Map([...current].filter(([, { kind }]) => kind !== 'command'));
  const { receipts, refused } = receiver;
  const verdict = compareWithTruth(central.partner.truth(), { states, receipts, eventIds });
  return [
    ...verdict.lost.filter((path) => !mayBeMissing.includes(path)).map((path) => `${path} is lost`),
    ...verdict.stale.map((path) => `${path} is stale`),
    ...verdict.wrong,
    ...refused.map((reason) => `the receiver refused a message: ${reason}`),
  ];
}

/** Waits until exactly these events are parked or kept. @param expected by event id */
export async function untilUnprocessed(
  { output, outputsEnding, sqs }: Deployed,
  expected: ReadonlyMap<string, Unprocessed>,
): Promise<void> {
  // A received message is invisible for a while, so all received messages are kept.
  const received = new Map<string, ParkedMessage>();
  await until('exactly the invalid events are parked or kept, with their reasons', 60, async () => {
    for (const name of [...outputsEnding('ParkedQueueUrl'), 'KeptQueueUrl'])
      for (const message of await readParkedMessages(sqs, name, output(name)))
        received.set(eventIdOf(message) ?? message.body, message);
    const missing = [...expected].filter(([id, { queue, code }]) => {
      const found = received.get(id);
      return found?.code !== code || found.queueId !== queue;
    });
    const others = [...received].filter(([id]) => !expected.has(id));
    return [
      ...missing.map(([id, end]) => {
        const { code = 'no code', queueId = 'no queue' } = received.get(id) ?? {};
        return `event ${id} is not in ${end.queue} as ${end.code}, but in ${queueId} as ${code}`;
      }),
      ...others.map(([, { queueId, code, body }]) => `${queueId}, ${code}: ${body.slice(0, 200)}`),
    ];
  });
}

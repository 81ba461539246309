import {
  eventIdOf,
  findUnfinishedWork,
  type ParkedMessage,
  readCurrentStates,
  readParkedMessages,
} from '../../local/observation.ts';
import type { Receiver } from '../../local/receiver.ts';
import { compareWithTruth } from '../../local/truth-check.ts';
import type { Deployed } from './deployed.ts';
import type { PartnerCentral } from './partner.ts';
import { until } from './until.ts';

/** What was put on the bus so far, and where its messages go. */
export interface Played {
  readonly deployed: Deployed;
  readonly central: PartnerCentral;
  readonly receiver: Receiver;
  readonly eventIds: ReadonlySet<string>;
}

/**
 * Waits until the table, its versions and the verified messages say what the simulated Partner Central holds.
 * @param but records, by path, that may still be missing
 */
export async function untilTrue(
  { deployed, central, receiver, eventIds }: Played,
  seconds: number,
  but: readonly string[] = [],
): Promise<void> {
  const { dynamodb, tables } = deployed;
  await until('tables and webhooks say what Partner Central holds', seconds, async () => {
    const states = await readCurrentStates(dynamodb, tables.records);
    const { receipts, refused } = receiver;
    const verdict = compareWithTruth(central.partner.truth(), { states, receipts, eventIds });
    return [
      ...verdict.lost.filter((path) => !but.includes(path)).map((path) => `${path} is lost`),
      ...verdict.stale.map((path) => `${path} is stale`),
      ...verdict.wrong,
      ...refused.map((reason) => `the receiver refused a message: ${reason}`),
      ...(await findUnfinishedWork(dynamodb, tables)).map((work) => `unfinished: ${work}`),
    ];
  });
}

/** @param expected code by event id */
export async function untilParked(
  { output, outputsEnding, sqs }: Deployed,
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  // A message that was looked at is hidden for a while: what was seen once stays seen.
  const seen = new Map<string, ParkedMessage>();
  await until('what cannot be used is parked with its reason, and nothing else is', 60, async () => {
    for (const name of outputsEnding('ParkedQueueUrl'))
      for (const message of await readParkedMessages(sqs, output(name)))
        seen.set(eventIdOf(message) ?? message.body, message);
    const missing = [...expected].filter(([id, code]) => seen.get(id)?.code !== code);
    const others = [...seen].filter(([id]) => !expected.has(id));
    return [
      ...missing.map(
        ([id, code]) => `event ${id} is not parked as ${code} but ${seen.get(id)?.code ?? 'not'}`,
      ),
      ...others.map(([, { code, body }]) => `parked as ${code}: ${body.slice(0, 200)}`),
    ];
  });
}

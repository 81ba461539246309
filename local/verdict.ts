import type { LocalStage } from './local-stage.ts';
import {
  countDelivered,
  eventIdOf,
  findUnfinishedWork,
  type ParkedMessage,
  readAllParkedMessages,
  readStoredRecords,
} from './observation.ts';
import { type Check, check, type Result, verdictChecks } from './result.ts';
import { compareWithTruth, type Truth } from './truth-check.ts';

/** The events of a run, and the result that they must lead to. */
export interface PlayedRun {
  /** Ids of the events put on the bus. The id of an event that was put twice is listed twice. */
  readonly eventIds: readonly string[];
  /** The state of every record in Partner Central after the run, by record path. */
  readonly truth: ReadonlyMap<string, Truth>;
  /** The code that each unusable event must be parked with, by event id. */
  readonly toBeParked: ReadonlyMap<string, string>;
  /** Number of reads of Partner Central. */
  readonly reads: number;
  readonly elapsedMs: number;
}

/** Checks the tables, the parked queues and the received messages of a finished run. */
export async function judgeRun(
  local: LocalStage,
  played: PlayedRun,
): Promise<{ result: Result; checks: Check[] }> {
  const { stage, dynamodb, sqs, tables, receiver } = local;
  const { current: states } = await readStoredRecords(dynamodb, tables.records);
  const verdict = compareWithTruth(played.truth, {
    states,
    receipts: receiver.receipts,
    eventIds: new Set(played.eventIds),
  });
  const parked = await readAllParkedMessages(sqs, stage);
  const messages = new Set(receiver.receipts.map(({ webhookId }) => webhookId)).size;
  const delivered = await countDelivered(dynamodb, tables.webhooks);
  const result = {
    events: played.eventIds.length,
    reads: played.reads,
    versions: [...states.values()].reduce((sum, { version }) => sum + version, 0),
    messages,
    delivered,
    verified: receiver.receipts.length,
    duplicateDeliveries: receiver.receipts.length - messages,
    lost: verdict.lost.length,
    stale: verdict.stale.length,
    parked: parked.length,
    elapsedMs: played.elapsedMs,
  };
  const checks = [
    ...verdictChecks(verdict),
    check('every message has a signature that an independent library accepts', receiver.refused),
    check(
      'promise 5, nothing AWS sends is dropped: exactly the unusable events are parked, with a reason',
      findParkedDifferences(parked, played.toBeParked),
    ),
    check(
      'no work is left: every version is fanned out and every delivery is finished',
      await findUnfinishedWork(dynamodb, tables),
    ),
  ];
  return { result, checks };
}

function findParkedDifferences(
  parked: readonly ParkedMessage[],
  expected: ReadonlyMap<string, string>,
): string[] {
  const found = new Map(parked.map((message) => [eventIdOf(message), message.code]));
  const missing = [...expected].filter(([id, code]) => found.get(id) !== code);
  const unexpected = parked.filter((message) => !expected.has(eventIdOf(message) ?? ''));
  return [
    ...missing.map(
      ([id, code]) =>
        `event ${id} must be parked as ${code}, but is ${found.has(id) ? `parked as ${found.get(id)}` : 'not parked'}`,
    ),
    ...unexpected.map(({ code, body }) => `parked as ${code}: ${body.slice(0, 200)}`),
  ];
}

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
  /**
   * Codes that an event may also be parked with, by event id, if the outcome depends on the order
   * of work. @default none
   */
  readonly mayBeParked?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Says what happened to each event and record. @default nothing is said */
  readonly describe?: (seen: SeenEnds) => readonly string[];
  /** Number of reads of Partner Central. */
  readonly reads: number;
  readonly elapsedMs: number;
}

/** Where events and records of a run ended. */
export interface SeenEnds {
  /** Versions of the stored records, by record path. */
  readonly versions: ReadonlyMap<string, number>;
  /** The codes of parked events, by event id. */
  readonly parked: ReadonlyMap<string, string>;
}

/** Checks the tables, the parked queues and the received messages of a finished run. */
export async function judgeRun(
  local: LocalStage,
  played: PlayedRun,
): Promise<{ result: Result; checks: Check[]; described: readonly string[] }> {
  const { stage, dynamodb, sqs, tables, receiver } = local;
  const stored = await readStoredRecords(dynamodb, tables.records);
  // Commands are records that only this stack has. Their messages go to endpoints that name them.
  const states = new Map([...stored.current].filter(([, { kind }]) => kind !== 'command'));
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
    check('independent libraries accept the signature and form of every message', receiver.refused),
    check(
      'promise 5, nothing AWS sends is dropped: only unusable events are parked',
      findParkedDifferences(parked, played),
    ),
    check(
      'no work is left: all versions are fanned out, all deliveries finished',
      await findUnfinishedWork(dynamodb, tables),
    ),
  ];
  const seen = {
    versions: new Map([...states].map(([path, { version }]) => [path, version])),
    parked: new Map(parked.flatMap((message) => parkedEventOf(message) ?? [])),
  };
  return { result, checks, described: played.describe?.(seen) ?? [] };
}

function parkedEventOf(message: ParkedMessage): readonly [[string, string]] | undefined {
  const id = eventIdOf(message);
  return id === undefined ? undefined : [[id, message.code]];
}

function findParkedDifferences(
  parked: readonly ParkedMessage[],
  { toBeParked, mayBeParked = new Map() }: Pick<PlayedRun, 'toBeParked' | 'mayBeParked'>,
): string[] {
  const found = new Map(parked.map((message) => [eventIdOf(message), message.code]));
  const isAllowed = (id: string, code: string | undefined) =>
    code === toBeParked.get(id) || (code !== undefined && mayBeParked.get(id)?.has(code));
  const missing = [...toBeParked].filter(([id]) => !isAllowed(id, found.get(id)));
  const unexpected = parked.filter((message) => {
    const id = eventIdOf(message) ?? '';
    return !toBeParked.has(id) && !isAllowed(id, message.code);
  });
  return [
    ...missing.map(
      ([id, code]) =>
        `event ${id} must be parked as ${code}, but is ${found.has(id) ? `parked as ${found.get(id)}` : 'not parked'}`,
    ),
    ...unexpected.map(({ code, body }) => `parked as ${code}: ${body.slice(0, 200)}`),
  ];
}

import pMap from 'p-map';
import { pick, seededRandom } from '../partner-central/seeded-random.ts';
import {
  badSignature,
  changedAfterwards,
  hostileGet,
  replay,
  unsigned,
  wrongClient,
  wrongTimestamp,
} from './forged-requests.ts';
import { type HostileDoor, startHostileDoor } from './hostile-door.ts';
import { answerOf, findLeaks, findProblem, mostInTime } from './judge-answer.ts';
import type { HostileOptions } from './options.ts';
import type { HostileContext, SentRequest } from './sent-request.ts';
import {
  check,
  flood,
  forbidden,
  hostileBody,
  hugeBody,
  malformedBody,
  oddKey,
  wellBehaved,
} from './signed-attacks.ts';
import { compareRows } from './stored-rows.ts';

type MakeRequest = (context: HostileContext) => Omit<SentRequest, 'sentAtMs'>;

/** Every kind of requests, by the name in the report. */
export const kinds: ReadonlyMap<string, MakeRequest> = new Map([
  ['no signature', unsigned],
  ['bad signature', badSignature],
  ['changed after signing', changedAfterwards],
  ['wrong timestamps', wrongTimestamp],
  ['wrong client', wrongClient],
  ['replay', replay],
  ['hostile GET', hostileGet],
  ['huge body', hugeBody],
  ['malformed body', malformedBody],
  ['hostile members', hostileBody],
  ['forbidden', forbidden],
  ['flood', flood],
  ['odd key', oddKey],
  ['check', check],
]);
const accepted = 'accepted';

/** One request in this many is accepted, so that replays have something to repeat. */
const acceptedShare = 50;
/** Between two requests, milliseconds: half as fast as the fastest client may be. */
const pauseMs = 200;
const atOnce = 8;
/** Accepted requests that are repeated: the first and the last ones. */
const keptFirst = 50;
const keptLast = 200;

export interface HostileResult {
  readonly requests: number;
  readonly engine: string;
  /** How often each status was answered, by kind. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly commands: number;
  /** Rows that should not be stored, and those that are missing. */
  readonly strays: readonly string[];
  /** Answers that a kind must not have, and unexpected errors. */
  readonly unexpected: readonly string[];
}

/** Sends hostile requests to the door, and compares answers and tables with what is allowed. */
export async function runHostile(
  template: string,
  { requests, seed, broken }: Omit<HostileOptions, 'json'>,
): Promise<HostileResult> {
  const run = new HostileRun(seed);
  const door = await startHostileDoor(template, run.clock, broken);
  try {
    const numbers = Array.from({ length: requests }, (_, index) => index);
    await pMap(numbers, (number) => run.send(number, door), { concurrency: atOnce });
    const { commands, strays } = await compareRows(door, run.keys);
    const unexpected = [...run.findUnexpected(), ...findLeaks(door)];
    return { requests, engine: door.engine, answers: run.answers(), commands, strays, unexpected };
  } finally {
    await door.stop();
  }
}

/** What was sent so far, and what was answered. */
class HostileRun {
  /** Keys of the commands that were accepted. */
  readonly keys = new Set<string>();
  readonly clock = { nowMs: () => this.#nowMs, sleep: async () => undefined };
  readonly #startedAtMs = Date.parse('2026-03-01T10:00:00.000Z');
  #nowMs = this.#startedAtMs;
  readonly #random;
  readonly #accepted: SentRequest[] = [];
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #unexpected: string[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  async send(number: number, door: HostileDoor): Promise<void> {
    this.#nowMs += pauseMs;
    const isAccepted = number % acceptedShare === 0;
    const [kind, make] = isAccepted
      ? ([accepted, wellBehaved] as const)
      : pick(this.#random, [...kinds.entries()]);
    const sent = { ...make(this.#context(number, door)), sentAtMs: this.#nowMs };
    const answer = await answerOf(door, sent);
    const problem = 'error' in answer ? answer.error : findProblem(answer, sent);
    if (problem !== undefined) this.#unexpected.push(`${kind}, request ${number}: ${problem}`);
    if ('error' in answer) return;
    this.#count(kind, answer.statusCode);
    if (sent.mayStore !== undefined && answer.statusCode === 202) this.#keep(sent, sent.mayStore);
  }

  answers(): HostileResult['answers'] {
    return Object.fromEntries([...this.#counts].map(([kind, counts]) => [kind, Object.fromEntries(counts)]));
  }

  findUnexpected(): readonly string[] {
    const ofFlood = [...(this.#counts.get('flood') ?? [])].filter(([status]) => status !== 429);
    const inTime = ofFlood.reduce((sum, [, count]) => sum + count, 0);
    const most = mostInTime(this.#nowMs - this.#startedAtMs);
    const tooMany = inTime > most ? [`flood: ${inTime} requests in time; allowed: ${most}`] : [];
    return [...this.#unexpected, ...tooMany];
  }

  #context(number: number, { target }: HostileDoor): HostileContext {
    const known = { random: this.#random, nowMs: this.#nowMs, accepted: this.#accepted };
    return { ...known, key: `hostile/${number}`, target };
  }

  #count(kind: string, status: number): void {
    const counts = this.#counts.get(kind) ?? new Map<number, number>();
    this.#counts.set(kind, counts.set(status, (counts.get(status) ?? 0) + 1));
  }

  #keep(sent: SentRequest, key: string): void {
    this.keys.add(key);
    this.#accepted.push(sent);
    if (this.#accepted.length > keptFirst + keptLast) this.#accepted.splice(keptFirst, 1);
  }
}

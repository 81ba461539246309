import type { JsonObject } from '../../../lambdas/core/json.ts';
import { characters, type Random } from '../seeded-random.ts';
import type { WriteDeal } from './deal-texts.ts';
import type { Party } from './invitation-body.ts';
import { type Deal, generateDeal } from './opportunity-body.ts';
import { type EventContent, type PartnerEventEnvelope, toEnvelope } from './partner-events.ts';
import { SimulatedRecords } from './simulated-records.ts';

export interface SimulatedPartnerProps {
  /** Equal numbers, calls and times give equal bodies, ids and events. */
  readonly random: Random;
  readonly nowMs: () => number;
  /** The partner's AWS account id: 12 digits. */
  readonly accountId: string;
  /** Called after the state has changed, so that a read after the event returns the change. */
  readonly emit: (event: PartnerEventEnvelope) => void;
  /** Makes the texts of deals. @default texts in many scripts, for tests */
  readonly writeDeal?: WriteDeal;
  /** Runs the later part of a task of the service. @default a timer, by the real clock */
  readonly after?: (ms: number, run: () => void) => void;
}

export interface EmitOptions {
  /** How often AWS sends each event of this change, each time with a new id. @default 1 */
  readonly events?: number;
}

export interface ChangeOptions extends EmitOptions {
  /** Merged into the body; arrays and plain values replace. @default updates generate a change */
  readonly patch?: JsonObject;
}

/** The partner as other members of an engagement see it. */
export function partnerParty(accountId: string): Party {
  return { accountId, companyName: 'Example Partner', websiteUrl: 'https://partner.example.com' };
}

/** The account of one partner: its records, clock, random numbers and event sink. */
export class SimulatedAccount {
  readonly records: SimulatedRecords;
  readonly #props: SimulatedPartnerProps;

  constructor(props: SimulatedPartnerProps) {
    this.#props = props;
    this.records = new SimulatedRecords(props.nowMs);
  }

  get id(): string {
    return this.#props.accountId;
  }

  get random(): Random {
    return this.#props.random;
  }

  /** What a new opportunity, invitation or engagement is about. */
  generateDeal(): Deal {
    return generateDeal(this.random, this.nowMs(), this.#props.writeDeal);
  }

  nowMs(): number {
    return this.#props.nowMs();
  }

  /** Random lower-case letters and digits, as in ids of engagements, invitations and tasks. */
  randomIdPart(count: number): string {
    return characters(this.random, '0123456789abcdefghijklmnopqrstuvwxyz', count);
  }

  after(ms: number, run: () => void): void {
    const { after = runAfter } = this.#props;
    after(ms, run);
  }

  emit({ events = 1 }: EmitOptions, contents: readonly EventContent[]): void {
    const { emit, random, nowMs, accountId } = this.#props;
    for (const content of contents) {
      for (let count = 0; count < events; count += 1)
        emit(toEnvelope(content, { random, nowMs: nowMs(), accountId }));
    }
  }
}

/** The timer does not keep the process alive. */
function runAfter(ms: number, run: () => void): void {
  setTimeout(run, ms).unref();
}

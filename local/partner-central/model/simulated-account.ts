import type { JsonObject } from '../../../lambdas/core/json.ts';
import { characters, type Random } from '../seeded-random.ts';
import type { Party } from './invitation-body.ts';
import { type EventContent, envelopeOf, type PartnerEventEnvelope } from './partner-events.ts';
import { SimulatedRecords } from './simulated-records.ts';

export interface SimulatedPartnerProps {
  /** Same numbers, same calls, same instants: same bodies, ids and events. */
  readonly random: Random;
  readonly nowMs: () => number;
  /** The partner's own AWS account: 12 digits. */
  readonly accountId: string;
  /** Called after the state has changed, so whoever reads on an event finds the change. */
  readonly emit: (event: PartnerEventEnvelope) => void;
}

export interface Sending {
  /** How often AWS sends each event of this change, every time under an id of its own. 0: AWS forgot. @default 1 */
  readonly events?: number;
}

export interface Change extends Sending {
  /** Merged into the body, member by member; arrays and plain values replace. An update makes this change instead of an invented one. */
  readonly patch?: JsonObject;
}

/** The partner as other members of an engagement see it. */
export function partnerParty(accountId: string): Party {
  return { accountId, companyName: 'Example Partner', websiteUrl: 'https://partner.example.com' };
}

/** The account of one partner: its records, its clock, its chance, and the bus that is told of changes. */
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

  nowMs(): number {
    return this.#props.nowMs();
  }

  /** The lower-case letters and digits that ids of engagements, invitations and tasks consist of. */
  lowerCase(count: number): string {
    return characters(this.random, '0123456789abcdefghijklmnopqrstuvwxyz', count);
  }

  send({ events = 1 }: Sending, contents: readonly EventContent[]): void {
    const { emit, random, nowMs, accountId } = this.#props;
    for (const content of contents) {
      for (let sent = 0; sent < events; sent += 1)
        emit(envelopeOf(content, { random, nowMs: nowMs(), accountId }));
    }
  }
}

import type { RecordKey } from '../../lambdas/core/record.ts';
import type { ErrorCode } from '../../lambdas/core/service-error.ts';
import { toMillisecond } from '../partner-central/model/aws-timestamps.ts';
import { oddNumber, oddTimestamp } from '../partner-central/model/odd-values.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Canaries } from './canaries.ts';

export interface WorkloadGeneratorProps {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly canaries: Canaries;
  /** Called after each change that the partner makes. */
  readonly onChange: () => void;
  /** Returns the last event that the partner emitted. */
  readonly lastEvent: () => PartnerEventEnvelope | undefined;
  /** Puts an event on the bus that must be parked with this code. */
  readonly emitUnusable: (event: PartnerEventEnvelope, code: ErrorCode) => void;
  /** Waits until this time after the start of the work, milliseconds. */
  readonly waitUntil: (ms: number) => Promise<void>;
  /** @default a storm of more than a hundred events */
  readonly size?: WorkloadSize;
  /** Whether the next change is made. @default always */
  readonly mayChange?: () => boolean;
}

/** How much the partner does. */
export interface WorkloadSize {
  /** Opportunities that exist before the first round. */
  readonly opportunities: number;
  /** Number of moments at which the partner makes one or more changes. */
  readonly rounds: number;
  /** Most changes of a round. Once in a while a round has twice as many and more. */
  readonly changes: number;
  /** Opportunities with odd timestamps and numbers. */
  readonly odd: number;
  /** Opportunities whose timestamp goes backwards once they are stored. */
  readonly backwards: number;
}

const largeSize: WorkloadSize = { opportunities: 6, rounds: 28, changes: 4, odd: 2, backwards: 2 };

const catalogs = ['AWS', 'AWS', 'Sandbox'] as const;
/** Each is drawn equally often. */
const invitationTypes = [
  'OpportunityInvitation',
  'OpportunityInvitation',
  'OpportunityInvitation',
  'OpportunityInvitation',
  'LeadInvitation',
  'AccountPlanningInvitation',
] as const;

/**
 * This many opportunities change all the time, so that a change meets the read of the change
 * before.
 */
const busyCount = 3;
/**
 * Only this many others change once more after the storm: a later change repairs what the storm
 * left.
 */
const lastChangeCount = 6;
/** How far the clock of AWS goes back. Longer than a seed takes. */
const backwardsMs = 600_000;

/** Generates the changes of a partner and of AWS, in random order, in bursts and pauses. */
export class WorkloadGenerator {
  /** Invitations accepted through the API, with the opportunity that each led to: record paths. */
  readonly acceptedThroughApi = new Map<string, string>();
  readonly #props: WorkloadGeneratorProps;
  readonly #opportunities: string[] = [];
  /** Opportunities whose timestamp goes backwards once they are stored. */
  readonly #backwards = new Set<string>();
  /**
   * Opportunities whose answers hold odd values. They change only in the first half of the time.
   */
  readonly #odd: string[] = [];
  readonly #unsubmitted = new Set<string>();
  readonly #invitations = new Set<string>();
  readonly #engagements: string[] = [];
  /** Opportunities that were changed while an answer about them was delayed. */
  readonly #overtaken = new Set<string>();
  /** Opportunities that were changed directly after a write. */
  readonly #changedAfterWrite = new Set<string>();
  #isClosing = false;

  constructor(props: WorkloadGeneratorProps) {
    this.#props = props;
  }

  /**
   * Spreads the changes over this time; on a busy machine it takes longer. Afterwards, until
   * `close`, only `makeLastChanges` and `onStored` make changes. No later event would repair a lost
   * one.
   */
  async run(forMs: number): Promise<void> {
    const { random, partner, waitUntil, size = largeSize, mayChange = () => true } = this.#props;
    const { opportunities, rounds, odd, backwards } = size;
    const surgeRound = between(random, Math.min(3, rounds), rounds / 2);
    for (let index = 0; index < opportunities; index += 1) this.#do(() => this.#createOpportunity());
    for (let index = 0; index < odd; index += 1)
      this.#do(() => this.#odd.push(partner.createOpportunity(pick(random, catalogs))));
    for (let index = 0; index < backwards; index += 1)
      this.#do(() => this.#backwards.add(partner.createOpportunity(pick(random, catalogs))));
    for (let round = 1; round <= rounds; round += 1) {
      await waitUntil(((round - random()) / rounds) * forMs);
      const isBurst = random() < 0.1;
      const changes = isBurst
        ? between(random, 1.5 * size.changes, 2.5 * size.changes)
        : between(random, 1, size.changes);
      for (let change = 0; change < changes; change += 1)
        if (mayChange()) this.#do(() => this.#makeRandomChange());
      if (round === surgeRound && mayChange()) this.#surge();
      if (round % 4 === 0 && round <= rounds / 2) this.#changeOddly();
    }
    this.#isClosing = true;
  }

  close(): void {
    this.#isClosing = false;
    this.#backwards.clear();
  }

  /**
   * Changes a few opportunities once more. No fault meets the events and reads of these changes.
   */
  makeLastChanges(): void {
    const { partner } = this.#props;
    this.#overtaken.clear();
    for (const id of this.#opportunities.slice(busyCount, busyCount + lastChangeCount))
      this.#do(() => partner.updateOpportunity(id));
  }

  /**
   * Changes the record of a delayed answer, so that a later read overtakes the answer. Changes each
   * record once, and once more after `makeLastChanges`.
   */
  onAnswerDelayed(path: string): void {
    this.#changeOnce(path, this.#overtaken);
  }

  /**
   * Changes a record that was just written, if its read was in the current second: such a change is
   * easily mistaken for one that the read has already returned. The clock of AWS goes backwards for
   * some records: only a much later read tells that their new state is newer.
   */
  onStored(path: string, readAtMs: number): void {
    const id = path.slice(path.lastIndexOf('/') + 1);
    if (path.includes('/opportunity/') && this.#backwards.delete(id)) this.#changeBackwards(id);
    const isThisSecond = Math.floor(readAtMs / 1_000) === Math.floor(this.#props.nowMs() / 1_000);
    if (this.#isClosing && isThisSecond) this.#changeOnce(path, this.#changedAfterWrite);
  }

  /** Returns the key of an opportunity by its number in the order of their creation, from 0. */
  opportunityKey(number: number): RecordKey | undefined {
    const id = this.#opportunities[number];
    return id === undefined ? undefined : { catalog: this.#catalogOf(id), kind: 'opportunity', id };
  }

  changeOpportunity(id: string): void {
    const { partner, canaries } = this.#props;
    this.#do(() => partner.updateOpportunity(id, { patch: canaries.nextSteps() }));
  }

  #changeBackwards(id: string): void {
    const { partner, nowMs, canaries } = this.#props;
    const LastModifiedDate = toMillisecond(nowMs() - backwardsMs);
    this.#do(() => partner.updateOpportunity(id, { patch: { ...canaries.nextSteps(), LastModifiedDate } }));
  }

  #changeOnce(path: string, changed: Set<string>): void {
    const [, kind, id = ''] = path.split('/');
    if (kind !== 'opportunity' || changed.has(id)) return;
    changed.add(id);
    this.#do(() => this.#props.partner.updateOpportunity(id));
  }

  #do(change: () => void): void {
    change();
    this.#props.onChange();
  }

  /** Changes every opportunity at once: more than the quota allows to read in one second. */
  #surge(): void {
    const { partner } = this.#props;
    for (const id of this.#opportunities) this.#do(() => partner.updateOpportunity(id));
  }

  /**
   * Gives each of a few opportunities a timestamp that goes backwards or cannot be read, and a
   * number that JavaScript cannot hold.
   */
  #changeOddly(): void {
    const { partner, random, nowMs, canaries } = this.#props;
    for (const id of this.#odd) {
      const odd = { LastModifiedDate: oddTimestamp(random, nowMs()), OddNumber: oddNumber(random) };
      this.#do(() => partner.updateOpportunity(id, { patch: { ...canaries.nextSteps(), ...odd } }));
    }
  }

  #makeRandomChange(): void {
    const chance = this.#props.random() * 100;
    if (chance < 5) this.#createOpportunity();
    else if (chance < 9) this.#submit();
    else if (chance < 52) this.#update();
    else if (chance < 62) this.#updateSummary();
    else if (chance < 70) this.#invite();
    else if (chance < 79) this.#answerInvitation();
    else if (chance < 82) this.#createEngagement();
    else if (chance < 91) this.#changeEngagement();
    else if (chance < 96) this.#sendManyEvents();
    else this.#sendUnusable();
  }

  #createOpportunity(): void {
    const { partner, random, canaries } = this.#props;
    const id = partner.createOpportunity(pick(random, catalogs), { patch: canaries.opportunity() });
    this.#opportunities.push(id);
    if (random() < 0.6) partner.submitOpportunity(id);
    else this.#unsubmitted.add(id);
  }

  #submit(): void {
    const { partner, random } = this.#props;
    const [id] = this.#unsubmitted;
    if (id === undefined) return;
    this.#unsubmitted.delete(id);
    if (random() < 0.5) partner.submitOpportunity(id);
    else this.#invitations.add(partner.submitForCosell(id));
  }

  #update(): void {
    const { partner, random, canaries } = this.#props;
    const id = pick(random, random() < 0.6 ? this.#opportunities.slice(0, busyCount) : this.#opportunities);
    const patch = random() < 0.4 ? { patch: canaries.nextSteps() } : {};
    partner.updateOpportunity(id, { ...patch, sameTimestamp: random() < 0.1 });
  }

  #updateSummary(): void {
    const { partner, random, canaries } = this.#props;
    const submitted = this.#opportunities.filter((id) => !this.#unsubmitted.has(id));
    if (submitted.length === 0) return;
    partner.updateAwsSummary(pick(random, submitted), random() < 0.5 ? { patch: canaries.summary() } : {});
  }

  #invite(): void {
    const { partner, random, canaries } = this.#props;
    const type = pick(random, invitationTypes);
    const patch = canaries.invitation();
    this.#invitations.add(partner.createInvitation(pick(random, catalogs), type, { patch }));
  }

  #answerInvitation(): void {
    const { partner, random } = this.#props;
    if (this.#invitations.size === 0) return;
    const id = pick(random, [...this.#invitations]);
    this.#invitations.delete(id);
    // A command may have answered it.
    if (!this.#isPending(id)) return;
    const chance = random();
    if (chance < 0.3) return partner.rejectInvitation(id);
    if (chance < 0.45) return partner.expireInvitation(id);
    const viaConsole = chance > 0.85;
    const opportunityId = partner.acceptInvitation(id, { viaConsole });
    if (opportunityId === undefined) return;
    this.#opportunities.push(opportunityId);
    if (viaConsole) return;
    const catalog = this.#catalogOf(opportunityId);
    this.acceptedThroughApi.set(
      `${catalog}/engagement-invitation/${id}`,
      `${catalog}/opportunity/${opportunityId}`,
    );
  }

  #isPending(invitationId: string): boolean {
    const records = [...this.#props.partner.truth().values()];
    const found = records.find(({ kind, id }) => kind === 'engagement-invitation' && id === invitationId);
    return found?.body['Status'] === 'PENDING';
  }

  #catalogOf(opportunityId: string): string {
    const records = [...this.#props.partner.truth().values()];
    return records.find(({ kind, id }) => kind === 'opportunity' && id === opportunityId)?.catalog ?? '';
  }

  #createEngagement(): void {
    const { partner, random, canaries } = this.#props;
    const patch = { Description: canaries.plant(), Title: canaries.plant() };
    this.#engagements.push(partner.createEngagement(pick(random, catalogs), { patch }));
  }

  #changeEngagement(): void {
    const { partner, random } = this.#props;
    if (this.#engagements.length === 0) return;
    const id = pick(random, this.#engagements);
    if (random() < 0.6) partner.updateEngagement(id);
    else partner.addMember(id);
  }

  /** One change for which AWS sends two to five events, each with its own id. */
  #sendManyEvents(): void {
    const { partner, random } = this.#props;
    partner.updateOpportunity(pick(random, this.#opportunities), { events: between(random, 2, 5) });
  }

  #sendUnusable(): void {
    const { random, lastEvent, emitUnusable } = this.#props;
    this.#update();
    const event = lastEvent();
    if (!event) return;
    const { id, detail } = event;
    if (random() < 0.5)
      emitUnusable(
        { ...event, id: `${id}-unknown`, 'detail-type': 'Opportunity Reassigned' },
        'event.unhandled',
      );
    else
      emitUnusable(
        { ...event, id: `${id}-malformed`, detail: { ...detail, opportunity: {} } },
        'event.malformed',
      );
  }
}

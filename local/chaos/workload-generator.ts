import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../lambdas/core/service-error.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Canaries } from './canaries.ts';

export interface WorkloadGeneratorProps {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly canaries: Canaries;
  /** To be called after each change of the partner's. */
  readonly changed: () => void;
  /** The last event that the partner emitted. */
  readonly lastEvent: () => PartnerEventEnvelope | undefined;
  /** Puts an event that must end parked under this code. */
  readonly putStrange: (event: PartnerEventEnvelope, code: ErrorCode) => void;
}

const catalogs = ['AWS', 'AWS', 'Sandbox'] as const;

/** So many opportunities are worked on all the time: their changes meet reads of the changes before. */
const busy = 3;
/** So many others are changed once more when the storm is over, and no more: that mends what the storm has left in them. */
const lastChanged = 6;
/** How many times something is done, once or several times in a moment. */
const rounds = 28;

/** What a partner and AWS do with each other, in any order, in bursts and pauses. */
export class WorkloadGenerator {
  /** Invitations that were accepted by the API, with the opportunity that came of each: record paths. */
  readonly acceptedByTask = new Map<string, string>();
  readonly #props: WorkloadGeneratorProps;
  readonly #opportunities: string[] = [];
  readonly #unsubmitted = new Set<string>();
  readonly #invitations = new Set<string>();
  readonly #engagements: string[] = [];
  /** Those changed while an answer about them was held back, and right after they were stored. */
  readonly #overtaken = new Set<string>();
  readonly #afterthoughts = new Set<string>();
  #isClosing = false;

  constructor(props: WorkloadGeneratorProps) {
    this.#props = props;
  }

  /**
   * Spreads all of it over this time; on a busy machine it takes longer. What comes then, until `close`, are `changeLast` and
   * afterthoughts: nothing follows them that would bring them in, too.
   */
  async run(forMs: number): Promise<void> {
    const { random } = this.#props;
    const startedAtMs = performance.now();
    const surgeRound = between(random, 3, rounds / 2);
    for (let index = 0; index < 6; index += 1) this.#do(() => this.#createOpportunity());
    for (let round = 1; round <= rounds; round += 1) {
      const atMs = ((round - random()) / rounds) * forMs;
      await sleep(Math.max(0, startedAtMs + atMs - performance.now()));
      const acts = random() < 0.1 ? between(random, 6, 10) : between(random, 1, 4);
      for (let act = 0; act < acts; act += 1) this.#do(() => this.#actOnce());
      if (round === surgeRound) this.#surge();
    }
    this.#isClosing = true;
  }

  close(): void {
    this.#isClosing = false;
  }

  /** The last changes but for those that answer a read: these are read soon, and without trouble. */
  changeLast(): void {
    const { partner } = this.#props;
    this.#overtaken.clear();
    for (const id of this.#opportunities.slice(busy, busy + lastChanged))
      this.#do(() => partner.updateOpportunity(id));
  }

  /**
   * To be told of an answer that is held back: the partner changes the record, so that a later read overtakes it. Each once,
   * and once more from `changeLast` on.
   */
  wasHeldBack(path: string): void {
    this.#changeOnce(path, this.#overtaken);
  }

  /**
   * To be told of each write, with the read behind it: the partner changes what was read in this very second, which is the
   * change that is easily taken for one that the read has shown.
   */
  wasStored(path: string, readAtMs: number): void {
    const isThisSecond = Math.floor(readAtMs / 1_000) === Math.floor(this.#props.nowMs() / 1_000);
    if (this.#isClosing && isThisSecond) this.#changeOnce(path, this.#afterthoughts);
  }

  #changeOnce(path: string, changed: Set<string>): void {
    const [, kind, id = ''] = path.split('/');
    if (kind !== 'opportunity' || changed.has(id)) return;
    changed.add(id);
    this.#do(() => this.#props.partner.updateOpportunity(id));
  }

  #do(act: () => void): void {
    act();
    this.#props.changed();
  }

  /** A campaign of the partner's: everything that it has changes in one moment, more than can be read in one second. */
  #surge(): void {
    const { partner } = this.#props;
    for (const id of this.#opportunities) this.#do(() => partner.updateOpportunity(id));
  }

  #actOnce(): void {
    const chance = this.#props.random() * 100;
    if (chance < 5) this.#createOpportunity();
    else if (chance < 9) this.#submit();
    else if (chance < 52) this.#update();
    else if (chance < 62) this.#updateSummary();
    else if (chance < 70) this.#invite();
    else if (chance < 79) this.#answerInvitation();
    else if (chance < 82) this.#createEngagement();
    else if (chance < 91) this.#changeEngagement();
    else if (chance < 96) this.#sendOften();
    else this.#sendStrange();
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
    const id = pick(random, random() < 0.6 ? this.#opportunities.slice(0, busy) : this.#opportunities);
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
    const type = pick(random, ['OpportunityInvitation', 'OpportunityInvitation', 'LeadInvitation'] as const);
    const patch = canaries.invitation();
    this.#invitations.add(partner.createInvitation(pick(random, catalogs), type, { patch }));
  }

  #answerInvitation(): void {
    const { partner, random } = this.#props;
    if (this.#invitations.size === 0) return;
    const id = pick(random, [...this.#invitations]);
    this.#invitations.delete(id);
    const chance = random();
    if (chance < 0.3) return partner.rejectInvitation(id);
    if (chance < 0.45) return partner.expireInvitation(id);
    const viaConsole = chance > 0.85;
    const opportunityId = partner.acceptInvitation(id, { viaConsole });
    if (opportunityId === undefined) return;
    this.#opportunities.push(opportunityId);
    if (viaConsole) return;
    const catalog = this.#catalogOf(opportunityId);
    this.acceptedByTask.set(
      `${catalog}/engagement-invitation/${id}`,
      `${catalog}/opportunity/${opportunityId}`,
    );
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

  /** One change that AWS tells up to five times, under as many ids. */
  #sendOften(): void {
    const { partner, random } = this.#props;
    partner.updateOpportunity(pick(random, this.#opportunities), { events: between(random, 2, 5) });
  }

  #sendStrange(): void {
    const { random, lastEvent, putStrange } = this.#props;
    this.#update();
    const event = lastEvent();
    if (!event) return;
    const { id, detail } = event;
    if (random() < 0.5)
      putStrange(
        { ...event, id: `${id}-unknown`, 'detail-type': 'Opportunity Reassigned' },
        'event.unhandled',
      );
    else
      putStrange(
        { ...event, id: `${id}-malformed`, detail: { ...detail, opportunity: {} } },
        'event.malformed',
      );
  }
}

import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { pick, type Random } from '../partner-central/seeded-random.ts';

export interface ReviewsProps {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  /** Called after each change. */
  readonly onChange: () => void;
  readonly note: (id: string, status: string) => void;
}

const lockedStatuses = ['Submitted', 'In review'];

/** The reviews of AWS: they lock opportunities, and move no timestamp. */
export class Reviews {
  readonly #props: ReviewsProps;

  constructor(props: ReviewsProps) {
    this.#props = props;
  }

  /** Goes on with the review of a random opportunity. */
  advance(): void {
    const { partner, random, onChange } = this.#props;
    const submitted = [...partner.truth().values()].filter(
      ({ kind, body }) =>
        kind === 'opportunity' && textAt(body, 'LifeCycle', 'ReviewStatus') !== 'Pending Submission',
    );
    if (submitted.length === 0) return;
    const { id, body } = pick(random, submitted);
    this.#move(id, isLocked(body) ? 'Approved' : pick(random, ['In review', 'Approved', 'Approved']));
    onChange();
  }

  /** Ends all reviews. A command can begin another one later: then call it again. */
  endAll(): void {
    const locked = [...this.#props.partner.truth().values()].filter(
      ({ kind, body }) => kind === 'opportunity' && isLocked(body),
    );
    for (const { id } of locked) this.#move(id, 'Approved');
    if (locked.length > 0) this.#props.onChange();
  }

  /** Each review also shows a member that is newer than the SDK. */
  #move(id: string, ReviewStatus: string): void {
    const { partner, note } = this.#props;
    note(id, ReviewStatus);
    partner.alter('opportunity', id, { LifeCycle: { ReviewStatus }, FutureMember: { Step: ReviewStatus } });
  }
}

function isLocked(body: JsonObject): boolean {
  return lockedStatuses.includes(textAt(body, 'LifeCycle', 'ReviewStatus') ?? '');
}

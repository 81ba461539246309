import { recordPath } from '../../lambdas/core/record.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { pick, type Random } from '../partner-central/seeded-random.ts';
import type { Canaries } from './canaries.ts';
import { hasLead, isPendingLead } from './lead-requests.ts';

export interface LeadsProps {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  readonly canaries: Canaries;
  /** Called after each change. */
  readonly onChange: () => void;
  readonly note: (path: string, what: string) => void;
}

/** AWS gives leads. People of the partner accept and qualify them, and so do commands. */
export class Leads {
  readonly #props: LeadsProps;

  constructor(props: LeadsProps) {
    this.#props = props;
  }

  invite(): void {
    const { partner, random, canaries, onChange } = this.#props;
    const catalog = pick(random, ['AWS', 'Sandbox'] as const);
    partner.createInvitation(catalog, 'LeadInvitation', { patch: canaries.invitation() });
    onChange();
  }

  /** A person accepts a lead, or changes an engagement that has one. */
  edit(): void {
    const { partner, random, onChange, note } = this.#props;
    const records = [...partner.truth().values()].map((record) => ({ ...record, payload: record.body }));
    const accepted = records.filter(hasLead);
    const pending = records.filter(isPendingLead);
    const isAcceptance = accepted.length === 0 || random() < 0.2;
    const from = isAcceptance ? pending : accepted;
    if (from.length === 0) return;
    const record = pick(random, from);
    note(recordPath(record), isAcceptance ? 'accept the lead' : 'change the engagement');
    if (isAcceptance) partner.acceptInvitation(record.id);
    else partner.updateEngagement(record.id);
    onChange();
  }
}

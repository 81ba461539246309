import { textAt } from '../../lambdas/core/json.ts';
import type { RecordKey, RecordKind } from '../../lambdas/core/record.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import type { SimulatedRecord } from '../partner-central/model/simulated-records.ts';
import { closedStages } from '../partner-central/operations/opportunity-rules.ts';

/** What a trigger acts on. */
export interface TriggerWorld {
  readonly partner: SimulatedPartner;
  /** Resolves when a record that was created is stored, so that a change leads to a new version. */
  readonly settle: () => Promise<void>;
}

/** Records are created and chosen in this catalog. Ids may be of any. */
export const catalog = 'AWS';
const catalogs = ['AWS', 'Sandbox'];

export function keyOf(kind: RecordKind, id: string): RecordKey {
  return { catalog, kind, id };
}

function findRecord(partner: SimulatedPartner, kind: RecordKind, id: string): SimulatedRecord {
  const view = partner.view();
  const found = catalogs.flatMap((each) => view.find(each, kind, id) ?? []);
  const [record] = found;
  if (record) return record;
  throw new Error(
    `--id ${id}: the simulated partner has no such ${kind}; allowed: an id that pcr ${lists[kind]} prints`,
  );
}

const lists: Readonly<Record<RecordKind, string>> = {
  opportunity: 'opportunities list',
  'aws-opportunity-summary': 'opportunities list',
  'engagement-invitation': 'invitations list',
  engagement: 'engagements list',
  command: 'commands list',
};

/** The record that changed last, so that several triggers continue one story. */
function findNewest(
  partner: SimulatedPartner,
  kind: RecordKind,
  isChosen: (record: SimulatedRecord) => boolean,
): SimulatedRecord | undefined {
  const records = partner.view().all(catalog, kind);
  return records.filter(isChosen).toSorted((a, b) => b.writtenAtMs - a.writtenAtMs)[0];
}

const hasEnded = ({ body }: SimulatedRecord) =>
  closedStages.includes(textAt(body, 'LifeCycle', 'Stage') ?? '');

export async function openOpportunity(
  { partner, settle }: TriggerWorld,
  id: string | undefined,
): Promise<SimulatedRecord> {
  const chosen =
    id === undefined
      ? findNewest(partner, 'opportunity', (each) => !hasEnded(each))
      : findRecord(partner, 'opportunity', id);
  if (!chosen) {
    const created = partner.createOpportunity(catalog);
    await settle();
    return findRecord(partner, 'opportunity', created);
  }
  if (!hasEnded(chosen)) return chosen;
  throw new Error(
    `--id ${id}: it is ${textAt(chosen.body, 'LifeCycle', 'Stage')}, and AWS lets it change no more; allowed: an opportunity that is open`,
  );
}

export async function summaryOf(
  { partner, settle }: TriggerWorld,
  id: string | undefined,
): Promise<SimulatedRecord> {
  if (id !== undefined) {
    const opportunity = findRecord(partner, 'opportunity', id);
    const summary = partner.view().find(opportunity.catalog, 'aws-opportunity-summary', id);
    if (summary) return summary;
    throw new Error(`--id ${id}: AWS has no summary of it yet; allowed: an opportunity that was submitted`);
  }
  const chosen = findNewest(partner, 'aws-opportunity-summary', () => true);
  if (chosen) return chosen;
  const { id: submitted } = submit(partner, undefined);
  await settle();
  return findRecord(partner, 'aws-opportunity-summary', submitted);
}

/** The first submission of an opportunity creates the summary of AWS. */
export function submit(partner: SimulatedPartner, id: string | undefined): RecordKey {
  const opportunity =
    id === undefined
      ? keyOf('opportunity', partner.createOpportunity(catalog))
      : findRecord(partner, 'opportunity', id);
  if (partner.view().find(opportunity.catalog, 'aws-opportunity-summary', opportunity.id))
    throw new Error(
      `--id ${id}: AWS has a summary of it already; allowed: an opportunity that was not submitted`,
    );
  partner.submitOpportunity(opportunity.id);
  return { ...opportunity, kind: 'aws-opportunity-summary' };
}

export function invite(partner: SimulatedPartner): RecordKey {
  return keyOf('engagement-invitation', partner.createInvitation(catalog, 'OpportunityInvitation'));
}

/** An invitation to an opportunity that AWS sent: its acceptance leads to an opportunity. */
function isReferral({ body }: SimulatedRecord): boolean {
  return (
    textAt(body, 'Status') === 'PENDING' &&
    textAt(body, 'PayloadType') === 'OpportunityInvitation' &&
    textAt(body, 'SenderAwsAccountId') === 'aws'
  );
}

export async function pendingInvitation(
  { partner, settle }: TriggerWorld,
  id: string | undefined,
): Promise<SimulatedRecord> {
  const chosen =
    id === undefined
      ? findNewest(partner, 'engagement-invitation', isReferral)
      : findRecord(partner, 'engagement-invitation', id);
  if (!chosen) {
    const { id: invited } = invite(partner);
    await settle();
    return findRecord(partner, 'engagement-invitation', invited);
  }
  if (isReferral(chosen)) return chosen;
  throw new Error(
    `--id ${id}: it is not pending, or no invitation of AWS to an opportunity; allowed: one with the status PENDING that pcr invitations list prints`,
  );
}

export async function accept(
  world: TriggerWorld,
  id: string | undefined,
): Promise<{ readonly invitation: SimulatedRecord; readonly opportunityId: string }> {
  const invitation = await pendingInvitation(world, id);
  return { invitation, opportunityId: world.partner.acceptInvitation(invitation.id) ?? '' };
}

export async function ownEngagement(
  { partner, settle }: TriggerWorld,
  id: string | undefined,
): Promise<SimulatedRecord> {
  const chosen =
    id === undefined
      ? findNewest(partner, 'engagement', ({ inaccessible }) => !inaccessible)
      : findRecord(partner, 'engagement', id);
  if (!chosen) {
    const created = partner.createEngagement(catalog);
    await settle();
    return findRecord(partner, 'engagement', created);
  }
  if (!chosen.inaccessible) return chosen;
  throw new Error(
    `--id ${id}: its invitation is not accepted, so that it cannot be read; allowed: one that pcr engagements list prints`,
  );
}

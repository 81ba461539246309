import { openStages } from './partner-central/model/opportunity-changes.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { launchPatch } from './triggers/member-changes.ts';

/** One deal goes through all stages to Launched. Another is lost, with the reason for AWS. */
export async function endDeals(world: ScenarioWorld): Promise<void> {
  const { partner, note } = world;
  note('one deal goes through its stages to Launched, one is lost with a reason');
  const [won, lost] = [partner.createOpportunity('AWS'), partner.createOpportunity('AWS')];
  for (const id of [won, lost]) partner.submitOpportunity(id);
  await carry(world);
  for (const id of [won, lost])
    partner.updateOpportunity(id, { patch: lifeCycle({ ReviewStatus: 'Approved' }) });
  await carry(world);
  for (const Stage of openStages.slice(1)) {
    partner.updateOpportunity(won, { patch: lifeCycle({ Stage }) });
    await carry(world);
  }
  partner.updateOpportunity(won, { patch: launchPatch });
  partner.updateOpportunity(lost, { patch: lifeCycle({ ClosedLostReason: 'Price', Stage: 'Closed Lost' }) });
  await carry(world);
}

/** Pending invitations at the end of the run, by the time until they expire. */
const expireAfterMs = [20, 50].map((minutes) => minutes * 60_000);

/** `reconcile` announces invitations that expire soon: AWS has no event for that. */
export async function letInvitationsExpireSoon(world: ScenarioWorld): Promise<void> {
  const { partner, reconcile, note } = world;
  note('two invitations expire within the hour, which reconcile announces');
  for (const afterMs of expireAfterMs) {
    const ExpirationDate = new Date(Date.now() + afterMs).toISOString();
    partner.createInvitation('AWS', 'OpportunityInvitation', { patch: { ExpirationDate } });
  }
  await carry(world);
  await reconcile();
  await world.waitUntilDrained();
}

async function carry({ takeEmitted, put, waitUntilDrained }: ScenarioWorld): Promise<void> {
  await put(takeEmitted());
  await waitUntilDrained();
}

function lifeCycle(LifeCycle: Readonly<Record<string, string>>) {
  return { LifeCycle };
}

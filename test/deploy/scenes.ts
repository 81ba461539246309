import { hydratedDetailTypes } from '../../local/run.ts';
import type { EmittedEvent, PartnerCentral } from './partner.ts';

const catalog = 'AWS';

/** Ids of the records in the test. */
export interface TestRecords {
  readonly opportunity: string;
  /** An opportunity without an event: only `reconcile` can find it. */
  readonly forgotten: string;
  readonly accepted: string;
  readonly rejected: string;
  readonly expired: string;
  readonly engagement: string;
}

export function createRecords({ partner }: PartnerCentral): TestRecords {
  return {
    opportunity: partner.createOpportunity(catalog),
    forgotten: partner.createOpportunity(catalog, { events: 0 }),
    accepted: partner.createInvitation(catalog, 'OpportunityInvitation'),
    rejected: partner.createInvitation(catalog, 'OpportunityInvitation'),
    expired: partner.createInvitation(catalog, 'LeadInvitation'),
    engagement: partner.createEngagement(catalog),
  };
}

export function changeRecords({ partner }: PartnerCentral, records: TestRecords): void {
  partner.submitForCosell(records.opportunity);
  for (let update = 0; update < 3; update += 1) partner.updateOpportunity(records.opportunity);
  partner.acceptInvitation(records.accepted);
  partner.rejectInvitation(records.rejected);
  partner.expireInvitation(records.expired);
  partner.updateEngagement(records.engagement);
  partner.addMember(records.engagement);
}

/** Invalid events with their expected codes in the parked queue. */
export function invalidEvents(
  emitted: readonly EmittedEvent[],
): readonly (readonly [EmittedEvent, code: string])[] {
  const event = emitted.find((each) => each['detail-type'] === 'Opportunity Updated');
  if (!event) throw new Error('an update emits an event');
  return [
    [{ ...event, detail: { ...event.detail, opportunity: {} } }, 'event.malformed'],
    [{ ...event, 'detail-type': 'Opportunity Reassigned' }, 'event.unhandled'],
    [{ ...event, detail: { ...event.detail, catalog: 'Preview' } }, 'event.unhandled'],
  ];
}

/** Detail-types of AWS that are not among the events. */
export function missingDetailTypes(emitted: readonly EmittedEvent[]): readonly string[] {
  const seen = new Set(emitted.map((event) => event['detail-type']));
  return [...hydratedDetailTypes].filter((detailType) => !seen.has(detailType));
}

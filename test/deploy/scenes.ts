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

/** Where an event ends that no function can process: the output of its queue, and its code. */
export interface Unprocessed {
  readonly queue: 'KeptQueueUrl' | 'OpportunityParkedQueueUrl';
  readonly code: 'event.malformed' | 'event.unhandled';
}

/** Invalid events with their expected ends. */
export function invalidEvents(
  emitted: readonly EmittedEvent[],
): readonly (readonly [EmittedEvent, Unprocessed])[] {
  const event = emitted.find((each) => each['detail-type'] === 'Opportunity Updated');
  if (!event) throw new Error('an update emits an event');
  return [
    [
      { ...event, detail: { ...event.detail, opportunity: {} } },
      { queue: 'OpportunityParkedQueueUrl', code: 'event.malformed' },
    ],
    [{ ...event, 'detail-type': 'Opportunity Reassigned' }, kept],
    [{ ...event, detail: { ...event.detail, catalog: 'Preview' } }, kept],
  ];
}

const kept: Unprocessed = { queue: 'KeptQueueUrl', code: 'event.unhandled' };

/** Detail-types of AWS that are not among the events. */
export function missingDetailTypes(emitted: readonly EmittedEvent[]): readonly string[] {
  const seen = new Set(emitted.map((event) => event['detail-type']));
  return [...hydratedDetailTypes].filter((detailType) => !seen.has(detailType));
}

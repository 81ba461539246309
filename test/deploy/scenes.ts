import { hydratedDetailTypes } from '../../local/run.ts';
import type { PartnerCentral, Told } from './partner.ts';

const catalog = 'AWS';

/** What stands there before anything happens to it. */
export interface Cast {
  readonly opportunity: string;
  /** Of which no event tells: only `reconcile` can find it. */
  readonly forgotten: string;
  readonly accepted: string;
  readonly rejected: string;
  readonly expired: string;
  readonly engagement: string;
}

export function begin({ partner }: PartnerCentral): Cast {
  return {
    opportunity: partner.createOpportunity(catalog),
    forgotten: partner.createOpportunity(catalog, { events: 0 }),
    accepted: partner.createInvitation(catalog, 'OpportunityInvitation'),
    rejected: partner.createInvitation(catalog, 'OpportunityInvitation'),
    expired: partner.createInvitation(catalog, 'LeadInvitation'),
    engagement: partner.createEngagement(catalog),
  };
}

export function goOn({ partner }: PartnerCentral, cast: Cast): void {
  partner.submitForCosell(cast.opportunity);
  for (let update = 0; update < 3; update += 1) partner.updateOpportunity(cast.opportunity);
  partner.acceptInvitation(cast.accepted);
  partner.rejectInvitation(cast.rejected);
  partner.expireInvitation(cast.expired);
  partner.updateEngagement(cast.engagement);
  partner.addMember(cast.engagement);
}

/** Events that nothing can be made of, each with the code that it must be parked with. */
export function unusable(told: readonly Told[]): readonly (readonly [Told, code: string])[] {
  const event = told.find((each) => each['detail-type'] === 'Opportunity Updated');
  if (!event) throw new Error('an update emits an event');
  return [
    [{ ...event, detail: { ...event.detail, opportunity: {} } }, 'event.malformed'],
    [{ ...event, 'detail-type': 'Opportunity Reassigned' }, 'event.unhandled'],
    [{ ...event, detail: { ...event.detail, catalog: 'Preview' } }, 'event.unhandled'],
  ];
}

/** Detail-types that AWS sends and nobody told of. */
export function untold(told: readonly Told[]): readonly string[] {
  const seen = new Set(told.map((event) => event['detail-type']));
  return [...hydratedDetailTypes].filter((detailType) => !seen.has(detailType));
}

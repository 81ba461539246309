import { parseInstant } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import { attributesOf } from '../../../lambdas/core/record.ts';
import { summaryMembersOf } from '../../../lambdas/core/record-summary.ts';
import type { RecordState } from '../../../lambdas/core/version.ts';
import type { ExportColumns, RowOf } from './columns.ts';
import { exportedPayload } from './without-personal-data.ts';

/** An opportunity as it is now, with AWS's side of it. */
export interface Deal {
  readonly opportunity: RecordState;
  /** Undefined if it is not stored, or if it was edited by hand and is invalid. */
  readonly awsSummary: RecordState | undefined;
}

export const dealColumns = {
  catalog: { type: 'text', meaning: '`AWS` or `Sandbox`' },
  id: { type: 'text', meaning: 'id of the opportunity' },
  partner_id: { type: 'text', meaning: "the partner's own id", personal: 'yes' },
  title: { type: 'text', meaning: 'title of the project', personal: 'yes' },
  customer: { type: 'text', meaning: "the customer's company", personal: 'yes' },
  stage: { type: 'text', meaning: 'the stage; `Launched` and `Closed Lost` are the last ones' },
  review_status: { type: 'text', meaning: "AWS's review" },
  close_date: { type: 'day', meaning: 'target close date' },
  amount: {
    type: 'amount',
    meaning: 'expected customer spend, a month: the first amount of the payload that is a number',
    personal: 'yes',
  },
  currency: { type: 'text', meaning: 'currency of the amount', personal: 'yes' },
  next_steps: { type: 'text', meaning: 'the next steps', personal: 'yes' },
  owner: { type: 'text', meaning: "the partner's owner: e-mail address, or name", personal: 'yes' },
  account_manager: {
    type: 'text',
    meaning: "AWS's account owner or, without one, sales representative: e-mail address, or name",
    personal: 'yes',
  },
  aws_stage: { type: 'text', meaning: "the stage on AWS's side" },
  aws_score: { type: 'text', meaning: "AWS's engagement score" },
  origin: { type: 'text', meaning: 'who referred the opportunity' },
  closed_lost_reason: { type: 'text', meaning: 'why it was lost' },
  engagement_id: { type: 'text', meaning: 'engagement that it is linked to' },
  created_at: { type: 'time', meaning: 'when it was created in Partner Central' },
  modified_at: {
    type: 'time',
    meaning: "AWS's timestamp of the last change or, without one, that of the read",
  },
  version: { type: 'integer', meaning: 'number of the version' },
  erased: { type: 'boolean', meaning: 'true if its personal data was erased' },
} as const satisfies ExportColumns;

export function dealRow(
  { opportunity, awsSummary }: Deal,
  hasPersonalData: boolean,
): RowOf<typeof dealColumns> {
  const payload = exportedPayload(opportunity, hasPersonalData);
  const { title, customerName, stage, reviewStatus, dueOn } = attributesOf('opportunity', payload);
  const { partnerId, amount, currency, nextSteps, owner } = summaryMembersOf('opportunity', payload);
  const awsPayload = awsSummary ? exportedPayload(awsSummary, hasPersonalData) : {};
  const { score, accountManager, origin } = summaryMembersOf('aws-opportunity-summary', awsPayload);
  return {
    catalog: opportunity.catalog,
    id: opportunity.id,
    partner_id: partnerId,
    title,
    customer: customerName,
    stage,
    review_status: reviewStatus,
    close_date: dueOn,
    amount,
    currency,
    next_steps: nextSteps,
    owner,
    account_manager: accountManager,
    aws_stage: textAt(awsPayload, 'LifeCycle', 'Stage'),
    aws_score: score,
    origin,
    closed_lost_reason: textAt(payload, 'LifeCycle', 'ClosedLostReason'),
    engagement_id: opportunity.links.find(({ kind }) => kind === 'engagement')?.id,
    created_at: parseInstant(payload['CreatedDate']),
    modified_at: opportunity.lastModifiedAt ?? opportunity.readAt,
    version: opportunity.version,
    erased: opportunity.erased === true,
  };
}

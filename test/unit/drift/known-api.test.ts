import { describe, expect, it } from 'vitest';
import { invitationStatuses } from '../../../bin/pcr/records/record-groups.ts';
import type { ValueRule } from '../../../lambdas/core/opportunity-rule.ts';
import { opportunityRules } from '../../../lambdas/core/opportunity-rules.ts';
import * as values from '../../../lambdas/core/opportunity-values.ts';
import recorded from '../../drift/known-api.json' with { type: 'json' };
import { namedEnums } from '../../drift/service-model.ts';

describe('the recorded API', () => {
  it('has values of every enum that the code names', () => {
    const empty = Object.entries(recorded.enums).filter(([, recordedValues]) => recordedValues.length === 0);
    expect(empty).toEqual([]);
    expect(Object.keys(recorded.enums)).toEqual(expect.arrayContaining(namedEnums));
  });

  it.each<[name: keyof typeof recorded.enums, offered: readonly string[]]>([
    ['Stage', values.stages],
    ['ReviewStatus', values.reviewStatuses],
    ['InvitationStatus', invitationStatuses],
    ['AwsFundingUsed', valuesOf(values.yesOrNo)],
    ['AwsPartition', valuesOf(values.awsPartition)],
    ['Channel', valuesOf(values.marketingChannel)],
    ['ClosedLostReason', valuesOf(values.closedLostReason)],
    ['CompetitorName', valuesOf(values.competitor)],
    ['DeliveryModel', valuesOf(values.deliveryModel)],
    ['ExpectedContractDurationTerm', valuesOf(values.contractTerm)],
    ['Industry', valuesOf(values.industry)],
    ['MarketingSource', valuesOf(values.marketingSource)],
    ['NationalSecurity', valuesOf(values.yesOrNo)],
    ['OpportunityType', valuesOf(values.opportunityType)],
    ['PaymentFrequency', valuesOf(values.paymentFrequency)],
    ['PrimaryNeedFromAws', valuesOf(values.primaryNeed)],
    ['RevenueModel', valuesOf(values.revenueModel)],
    ['SalesActivity', valuesOf(values.salesActivity)],
  ])('has the values of %s that the code names, and no others', (name, offered) => {
    expect(offered.toSorted()).toEqual(recorded.enums[name].toSorted());
  });

  it('has no member of an opportunity without a rule', () => {
    const { opportunity } = recorded.members;
    expect(opportunity.filter((path) => !opportunityRules.has(path) && !isInReadOnly(path))).toEqual([]);
  });
});

function valuesOf(rule: ValueRule): readonly string[] {
  return rule.is === 'one-of' ? rule.values : [];
}

function isInReadOnly(path: string): boolean {
  return opportunityRules.get(`/${path.split('/')[1]}`)?.value.is === 'read-only';
}

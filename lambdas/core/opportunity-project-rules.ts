import * as formats from './opportunity-formats.ts';
import {
  alsoAfterTheEnd,
  draft,
  free,
  is,
  list,
  type MemberRule,
  object,
  parent,
  submission,
  text,
  untilTheEnd,
  untilTheEndOrRequired,
  update,
  whenActionIsRequired,
} from './opportunity-rule.ts';
import * as values from './opportunity-values.ts';

const spend = '/Project/ExpectedCustomerSpend';

export const projectRules: Readonly<Record<string, MemberRule>> = {
  '/Project': { value: object, changeable: untilTheEnd },
  '/Project/Title': { value: text(255), changeable: draft, needed: submission },
  '/Project/CustomerBusinessProblem': {
    value: text(2_000, 20),
    changeable: whenActionIsRequired,
    needed: submission,
  },
  '/Project/CustomerUseCase': { value: free, needed: submission },
  '/Project/DeliveryModels': { value: list(), changeable: alsoAfterTheEnd, needed: submission },
  '/Project/DeliveryModels/*': { value: values.deliveryModel },
  [spend]: { value: list(10), changeable: untilTheEndOrRequired, needed: submission },
  [`${spend}/*`]: { value: object },
  [`${spend}/*/Amount`]: { value: formats.amount },
  [`${spend}/*/CurrencyCode`]: { value: formats.currency, needed: parent },
  [`${spend}/*/Frequency`]: { value: values.paymentFrequency, needed: parent },
  [`${spend}/*/TargetCompany`]: { value: text(80, 1), needed: parent },
  [`${spend}/*/EstimationUrl`]: { value: formats.estimate },
  '/Project/ExpectedContractDuration': { value: object },
  '/Project/ExpectedContractDuration/Term': { value: values.contractTerm, needed: parent },
  '/Project/ExpectedContractDuration/Value': { value: free, needed: parent },
  '/Project/ApnPrograms': { value: list() },
  '/Project/ApnPrograms/*': { value: free },
  '/Project/RelatedOpportunityIdentifier': {
    value: formats.opportunityId,
    needed: { ...update, if: [is('/OpportunityType', 'Flat Renewal')] },
  },
  '/Project/SalesActivities': { value: list(), needed: submission },
  '/Project/SalesActivities/*': { value: values.salesActivity },
  '/Project/CompetitorName': { value: values.competitor },
  '/Project/OtherCompetitorNames': {
    value: text(255),
    needed: { ...update, if: [is('/Project/CompetitorName', '*Other')] },
  },
  '/Project/OtherSolutionDescription': { value: text(255) },
  '/Project/AdditionalComments': { value: text(255, 1), changeable: alsoAfterTheEnd },
  '/Project/AwsPartition': { value: values.awsPartition },
};

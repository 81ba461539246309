import { customerRules } from './opportunity-customer-rules.ts';
import * as formats from './opportunity-formats.ts';
import { projectRules } from './opportunity-project-rules.ts';
import {
  draft,
  free,
  is,
  list,
  type MemberRule,
  object,
  oneOf,
  type Phase,
  parent,
  readOnly,
  submission,
  text,
  untilTheEnd,
  untilTheEndOrRequired,
  update,
} from './opportunity-rule.ts';
import * as values from './opportunity-values.ts';

// Facts, in words of this project. Types, patterns and values: the service model of botocore
// 1.44.8. Needs and phases: the tables of aws-samples/partner-crm-integration-samples (commit
// 954a7ff, folder opportunity-samples, MIT license, (c) 2023 Akshay Menon). Where public code
// contradicts the tables, the stricter one stands here: Stage does not change in a draft, and
// SoftwareRevenue only there. docs/decisions/0037 says why all this is advice.

const never: readonly Phase[] = [];
const isLost = is('/LifeCycle/Stage', 'Closed Lost');
const isMarketed = is('/Marketing/Source', 'Marketing Activity');
const byAssociation = 'AssociateOpportunity and DisassociateOpportunity change it';
const atCreation = 'only CreateOpportunity takes it';

const lifeCycle: Readonly<Record<string, MemberRule>> = {
  '/LifeCycle': { value: object, changeable: untilTheEnd },
  '/LifeCycle/Stage': { value: oneOf(values.stages), changeable: ['approved'] },
  '/LifeCycle/ReviewStatus': { value: oneOf(values.reviewStatuses), changeable: untilTheEndOrRequired },
  '/LifeCycle/ClosedLostReason': {
    value: values.closedLostReason,
    needed: { ...update, if: [isLost] },
    onlyIf: isLost,
  },
  '/LifeCycle/TargetCloseDate': {
    value: formats.day,
    changeable: untilTheEndOrRequired,
    needed: update,
  },
  '/LifeCycle/NextSteps': { value: text(255) },
  '/LifeCycle/NextStepsHistory': { value: list(50), changeable: never },
  '/LifeCycle/NextStepsHistory/*': { value: object },
  '/LifeCycle/NextStepsHistory/*/Value': { value: free, needed: parent },
  '/LifeCycle/NextStepsHistory/*/Time': { value: formats.dateTime, needed: parent },
  '/LifeCycle/ReviewComments': { value: free, changeable: never },
  '/LifeCycle/ReviewStatusReason': { value: free, changeable: never },
};

const marketing: Readonly<Record<string, MemberRule>> = {
  '/Marketing': { value: object, changeable: untilTheEnd },
  '/Marketing/Source': { value: values.marketingSource, needed: submission },
  '/Marketing/CampaignName': { value: free, onlyIf: isMarketed },
  '/Marketing/UseCases': { value: list(), onlyIf: isMarketed },
  '/Marketing/UseCases/*': { value: free },
  '/Marketing/Channels': { value: list(), onlyIf: isMarketed },
  '/Marketing/Channels/*': { value: values.marketingChannel },
  '/Marketing/AwsFundingUsed': {
    value: values.yesOrNo,
    needed: { ...update, if: [isMarketed] },
    onlyIf: isMarketed,
  },
};

const softwareRevenue: Readonly<Record<string, MemberRule>> = {
  '/SoftwareRevenue': { value: object, changeable: draft },
  '/SoftwareRevenue/DeliveryModel': { value: values.revenueModel },
  '/SoftwareRevenue/Value': { value: object },
  '/SoftwareRevenue/Value/Amount': { value: formats.amount, needed: parent },
  '/SoftwareRevenue/Value/CurrencyCode': { value: formats.currency, needed: parent },
  '/SoftwareRevenue/EffectiveDate': { value: formats.day },
  '/SoftwareRevenue/ExpirationDate': { value: formats.day },
};

const readOnlyRules: Readonly<Record<string, MemberRule>> = {
  '/Arn': readOnly('AWS sets it'),
  '/CreatedDate': readOnly('AWS sets it'),
  '/LastModifiedDate': readOnly('AWS sets it'),
  '/Catalog': readOnly('it says which opportunity is changed'),
  '/Id': readOnly('it says which opportunity is changed'),
  '/Identifier': readOnly('it says which opportunity is changed'),
  '/ClientToken': readOnly(atCreation),
  '/Origin': readOnly(atCreation),
  '/Tags': readOnly(atCreation),
  '/OpportunityTeam': readOnly('AssignOpportunity changes it'),
  '/RelatedEntityIdentifiers': readOnly(byAssociation),
  '/RelatedEntityIdentifiers/Solutions': { ...readOnly(byAssociation), needed: submission },
};

/** By JSON Pointer into the opportunity; `*` is any element of a list. */
export const opportunityRules: ReadonlyMap<string, MemberRule> = new Map(
  Object.entries({
    ...readOnlyRules,
    '/PartnerOpportunityIdentifier': { value: text(64), changeable: untilTheEndOrRequired },
    '/OpportunityType': { value: values.opportunityType, changeable: untilTheEnd },
    '/NationalSecurity': {
      value: values.yesOrNo,
      changeable: draft,
      yesOnlyIf: is('/Customer/Account/Industry', 'Government'),
    },
    '/PrimaryNeedsFromAws': { value: list(), changeable: untilTheEnd, needed: submission },
    '/PrimaryNeedsFromAws/*': { value: values.primaryNeed },
    ...customerRules,
    ...projectRules,
    ...lifeCycle,
    ...marketing,
    ...softwareRevenue,
  } satisfies Record<string, MemberRule>),
);

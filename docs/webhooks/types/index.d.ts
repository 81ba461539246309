// The messages of Partner Central Relay 0.1.0. `npm run docs` writes this file from the code.

// Later releases add types, topics and members: ignore a message with a type that you do not know.

/** A timestamp of AWS, ISO 8601 by its model. The relay passes it on as it is. */
export type Timestamp = string;

/** A type, or what has changed. */
export type Topic = 
  | 'opportunity.created'
  | 'opportunity.updated'
  | 'opportunity.reminder'
  | 'aws_opportunity_summary.created'
  | 'aws_opportunity_summary.updated'
  | 'engagement_invitation.created'
  | 'engagement_invitation.accepted'
  | 'engagement_invitation.rejected'
  | 'engagement_invitation.expired'
  | 'engagement_invitation.updated'
  | 'engagement_invitation.expiring'
  | 'engagement.created'
  | 'engagement.updated'
  | 'command.accepted'
  | 'command.waiting'
  | 'command.succeeded'
  | 'command.failed'
  | 'command.expired'
  | 'command.cancelled'
  | 'opportunity.stage_changed'
  | 'opportunity.review_status_changed'
  | 'opportunity.target_close_date_changed'
  | 'opportunity.next_steps_changed'
  | 'opportunity.expected_spend_changed'
  | 'opportunity.team_changed'
  | 'opportunity.solutions_changed'
  | 'opportunity.products_changed'
  | 'opportunity.offers_changed'
  | 'opportunity.marketing_changed'
  | 'opportunity.contacts_changed'
  | 'aws_opportunity_summary.stage_changed'
  | 'aws_opportunity_summary.next_steps_changed'
  | 'aws_opportunity_summary.target_close_date_changed'
  | 'aws_opportunity_summary.involvement_changed'
  | 'aws_opportunity_summary.cosell_motion_changed'
  | 'aws_opportunity_summary.insights_changed'
  | 'aws_opportunity_summary.quality_changed'
  | 'aws_opportunity_summary.team_changed'
  | 'aws_opportunity_summary.expected_spend_changed'
  | 'aws_opportunity_summary.solutions_changed'
  | 'aws_opportunity_summary.products_changed'
  | 'aws_opportunity_summary.contacts_changed'
  | 'engagement_invitation.status_changed'
  | 'engagement.contexts_changed'
  | 'engagement.members_changed'
  | 'opportunity.linked'
  | 'engagement_invitation.linked'
  | 'engagement.linked'
  | 'opportunity.close_date_passed'
  | 'opportunity.action_required_unanswered'
  | 'opportunity.review_overdue'
  | 'opportunity.idle'
  | (string & {});

export type AwsClosedLostReason = 
  | 'Administrative'
  | 'Business Associate Agreement'
  | 'Company Acquired/Dissolved'
  | 'Competitive Offering'
  | 'Customer Data Requirement'
  | 'Customer Deficiency'
  | 'Customer Experience'
  | 'Delay / Cancellation of Project'
  | 'Duplicate'
  | 'Duplicate Opportunity'
  | 'Executive Blocker'
  | 'Failed Vetting'
  | 'Feature Limitation'
  | 'Financial/Commercial'
  | 'Insufficient Amazon Value'
  | 'Insufficient AWS Value'
  | 'International Constraints'
  | 'Legal / Tax / Regulatory'
  | 'Legal Terms and Conditions'
  | 'Lost to Competitor'
  | 'Lost to Competitor - Google'
  | 'Lost to Competitor - Microsoft'
  | 'Lost to Competitor - Other'
  | 'Lost to Competitor - Rackspace'
  | 'Lost to Competitor - SoftLayer'
  | 'Lost to Competitor - VMWare'
  | 'No Customer Reference'
  | 'No Integration Resources'
  | 'No Opportunity'
  | 'No Perceived Value of MP'
  | 'No Response'
  | 'Not Committed to AWS'
  | 'No Update'
  | 'On Premises Deployment'
  | 'Other'
  | 'Other (Details in Description)'
  | 'Partner Gap'
  | 'Past Due'
  | 'People/Relationship/Governance'
  | 'Platform Technology Limitation'
  | 'Preference for Competitor'
  | 'Price'
  | 'Product/Technology'
  | 'Product Not on AWS'
  | 'Security / Compliance'
  | 'Self-Service'
  | 'Technical Limitations'
  | 'Term Sheet Impasse'
  | (string & {});

export type AwsFundingUsed = 'Yes' | 'No' | (string & {});

export type AwsMemberBusinessTitle = 
  | 'AWSSalesRep'
  | 'AWSAccountOwner'
  | 'WWPSPDM'
  | 'PDM'
  | 'PSM'
  | 'ISVSM'
  | 'Signatory'
  | (string & {});

export type AwsOpportunityStage = 
  | 'Not Started'
  | 'In Progress'
  | 'Prospect'
  | 'Engaged'
  | 'Identified'
  | 'Qualify'
  | 'Research'
  | 'Seller Engaged'
  | 'Evaluating'
  | 'Seller Registered'
  | 'Term Sheet Negotiation'
  | 'Contract Negotiation'
  | 'Onboarding'
  | 'Building Integration'
  | 'Qualified'
  | 'On-hold'
  | 'Technical Validation'
  | 'Business Validation'
  | 'Committed'
  | 'Launched'
  | 'Deferred to Partner'
  | 'Closed Lost'
  | 'Completed'
  | 'Closed Incomplete'
  | (string & {});

export type AwsPartition = 'aws-eusc' | (string & {});

export type Channel = 
  | 'AWS Marketing Central'
  | 'Content Syndication'
  | 'Display'
  | 'Email'
  | 'Live Event'
  | 'Out Of Home (OOH)'
  | 'Print'
  | 'Search'
  | 'Social'
  | 'Telemarketing'
  | 'TV'
  | 'Video'
  | 'Virtual Event'
  | (string & {});

export type ClosedLostReason = 
  | 'Customer Deficiency'
  | 'Delay / Cancellation of Project'
  | 'Legal / Tax / Regulatory'
  | 'Lost to Competitor - Google'
  | 'Lost to Competitor - Microsoft'
  | 'Lost to Competitor - SoftLayer'
  | 'Lost to Competitor - VMWare'
  | 'Lost to Competitor - Other'
  | 'No Opportunity'
  | 'On Premises Deployment'
  | 'Partner Gap'
  | 'Price'
  | 'Security / Compliance'
  | 'Technical Limitations'
  | 'Customer Experience'
  | 'Other'
  | 'People/Relationship/Governance'
  | 'Product/Technology'
  | 'Financial/Commercial'
  | (string & {});

export type CompetitorName = 
  | 'Oracle Cloud'
  | 'On-Prem'
  | 'Co-location'
  | 'Akamai'
  | 'AliCloud'
  | 'Google Cloud Platform'
  | 'IBM Softlayer'
  | 'Microsoft Azure'
  | 'Other- Cost Optimization'
  | 'No Competition'
  | '*Other'
  | (string & {});

export type ContactWindow = 'MORNING' | 'AFTERNOON' | 'EVENING' | (string & {});

export type DayOfWeek = 
  | 'MONDAY'
  | 'TUESDAY'
  | 'WEDNESDAY'
  | 'THURSDAY'
  | 'FRIDAY'
  | 'SATURDAY'
  | 'SUNDAY'
  | (string & {});

export type DeliveryModel = 
  | 'SaaS or PaaS'
  | 'BYOL or AMI'
  | 'Managed Services'
  | 'Professional Services'
  | 'Resell'
  | 'Other'
  | (string & {});

export type EngagementContextType = 
  | 'CustomerProject'
  | 'Lead'
  | 'ProspectingResult'
  | 'CustomerAccount'
  | (string & {});

export type EngagementInvitationPayloadType = 
  | 'OpportunityInvitation'
  | 'LeadInvitation'
  | 'AccountPlanningInvitation'
  | (string & {});

export type EngagementScore = 'High' | 'Medium' | 'Low' | (string & {});

export type ExpectedContractDurationTerm = 'Months' | (string & {});

export type Industry = 
  | 'Aerospace'
  | 'Agriculture'
  | 'Automotive'
  | 'Computers and Electronics'
  | 'Consumer Goods'
  | 'Education'
  | 'Energy - Oil and Gas'
  | 'Energy - Power and Utilities'
  | 'Financial Services'
  | 'Gaming'
  | 'Government'
  | 'Healthcare'
  | 'Hospitality'
  | 'Life Sciences'
  | 'Manufacturing'
  | 'Marketing and Advertising'
  | 'Media and Entertainment'
  | 'Mining'
  | 'Non-Profit Organization'
  | 'Professional Services'
  | 'Real Estate and Construction'
  | 'Retail'
  | 'Software and Internet'
  | 'Telecommunications'
  | 'Transportation and Logistics'
  | 'Travel'
  | 'Wholesale and Distribution'
  | 'Other'
  | (string & {});

export type InvitationStatus = 'ACCEPTED' | 'PENDING' | 'REJECTED' | 'EXPIRED' | (string & {});

export type InvolvementTypeChangeReason = 
  | 'Expansion Opportunity'
  | 'Change in Deal Information'
  | 'Customer Requested'
  | 'Technical Complexity'
  | 'Risk Mitigation'
  | (string & {});

export type MarketingSource = 'Marketing Activity' | 'None' | (string & {});

export type NationalSecurity = 'Yes' | 'No' | (string & {});

export type OpportunityOrigin = 'AWS Referral' | 'Partner Referral' | (string & {});

export type OpportunityType = 'Net New Business' | 'Flat Renewal' | 'Expansion' | (string & {});

export type PaymentFrequency = 'Monthly' | (string & {});

export type PrimaryNeedFromAws = 
  | 'Co-Sell - Architectural Validation'
  | 'Co-Sell - Business Presentation'
  | 'Co-Sell - Competitive Information'
  | 'Co-Sell - Pricing Assistance'
  | 'Co-Sell - Technical Consultation'
  | 'Co-Sell - Total Cost of Ownership Evaluation'
  | 'Co-Sell - Deal Support'
  | 'Co-Sell - Support for Public Tender / RFx'
  | (string & {});

export type ReceiverResponsibility = 
  | 'Distributor'
  | 'Reseller'
  | 'Hardware Partner'
  | 'Managed Service Provider'
  | 'Software Partner'
  | 'Services Partner'
  | 'Training Partner'
  | 'Co-Sell Facilitator'
  | 'Facilitator'
  | (string & {});

export type RevenueModel = 'Contract' | 'Pay-as-you-go' | 'Subscription' | (string & {});

export type ReviewStatus = 
  | 'Pending Submission'
  | 'Submitted'
  | 'In review'
  | 'Approved'
  | 'Rejected'
  | 'Action Required'
  | (string & {});

export type SalesActivity = 
  | 'Initialized discussions with customer'
  | 'Customer has shown interest in solution'
  | 'Conducted POC / Demo'
  | 'In evaluation / planning stage'
  | 'Agreed on solution to Business Problem'
  | 'Completed Action Plan'
  | 'Finalized Deployment Need'
  | 'SOW Signed'
  | (string & {});

export type SalesInvolvementType = 'For Visibility Only' | 'Co-Sell' | (string & {});

export type Stage = 
  | 'Prospect'
  | 'Qualified'
  | 'Technical Validation'
  | 'Business Validation'
  | 'Committed'
  | 'Launched'
  | 'Closed Lost'
  | (string & {});

export type Visibility = 'Full' | 'Limited' | (string & {});

/** Any member may be absent: AWS omits it, or the endpoint redacts it. */
export type Opportunity = {
  readonly Arn?: string;
  readonly Catalog?: string;
  readonly CreatedDate?: Timestamp;
  readonly Customer?: {
    readonly Account?: {
      readonly Address?: {
        readonly City?: string;
        readonly CountryCode?: string;
        readonly PostalCode?: string;
        readonly StateOrRegion?: string;
        readonly StreetAddress?: string;
      };
      readonly AwsAccountId?: string;
      readonly CompanyName?: string;
      readonly Duns?: string;
      readonly Industry?: Industry;
      readonly OtherIndustry?: string;
      readonly WebsiteUrl?: string;
    };
    readonly Contacts?: ReadonlyArray<{
      readonly BusinessTitle?: string;
      readonly Email?: string;
      readonly FirstName?: string;
      readonly LastName?: string;
      readonly Phone?: string;
    }>;
  };
  readonly Id?: string;
  readonly LastModifiedDate?: Timestamp;
  readonly LifeCycle?: {
    readonly ClosedLostReason?: ClosedLostReason;
    readonly NextSteps?: string;
    readonly NextStepsHistory?: ReadonlyArray<{
      readonly Time?: Timestamp;
      readonly Value?: string;
    }>;
    readonly ReviewComments?: string;
    readonly ReviewStatus?: ReviewStatus;
    readonly ReviewStatusReason?: string;
    readonly Stage?: Stage;
    readonly TargetCloseDate?: string;
  };
  readonly Marketing?: {
    readonly AwsFundingUsed?: AwsFundingUsed;
    readonly CampaignName?: string;
    readonly Channels?: readonly Channel[];
    readonly Source?: MarketingSource;
    readonly UseCases?: readonly string[];
  };
  readonly NationalSecurity?: NationalSecurity;
  readonly OpportunityTeam?: ReadonlyArray<{
    readonly BusinessTitle?: string;
    readonly Email?: string;
    readonly FirstName?: string;
    readonly LastName?: string;
    readonly Phone?: string;
  }>;
  readonly OpportunityType?: OpportunityType;
  readonly PartnerOpportunityIdentifier?: string;
  readonly PrimaryNeedsFromAws?: readonly PrimaryNeedFromAws[];
  readonly Project?: {
    readonly AdditionalComments?: string;
    readonly ApnPrograms?: readonly string[];
    readonly AwsPartition?: AwsPartition;
    readonly CompetitorName?: CompetitorName;
    readonly CustomerBusinessProblem?: string;
    readonly CustomerUseCase?: string;
    readonly DeliveryModels?: readonly DeliveryModel[];
    readonly ExpectedContractDuration?: {
      readonly Term?: ExpectedContractDurationTerm;
      readonly Value?: string;
    };
    readonly ExpectedCustomerSpend?: ReadonlyArray<{
      readonly Amount?: string;
      readonly CurrencyCode?: string;
      readonly EstimationUrl?: string;
      readonly Frequency?: PaymentFrequency;
      readonly TargetCompany?: string;
    }>;
    readonly OtherCompetitorNames?: string;
    readonly OtherSolutionDescription?: string;
    readonly RelatedOpportunityIdentifier?: string;
    readonly SalesActivities?: readonly SalesActivity[];
    readonly Title?: string;
  };
  readonly RelatedEntityIdentifiers?: {
    readonly AwsMarketplaceOfferSets?: readonly string[];
    readonly AwsMarketplaceOffers?: readonly string[];
    readonly AwsMarketplaceProducts?: readonly string[];
    readonly AwsMarketplaceSolutions?: readonly string[];
    readonly AwsProducts?: readonly string[];
    readonly Solutions?: readonly string[];
  };
  readonly SoftwareRevenue?: {
    readonly DeliveryModel?: RevenueModel;
    readonly EffectiveDate?: string;
    readonly ExpirationDate?: string;
    readonly Value?: {
      readonly Amount?: string;
      readonly CurrencyCode?: string;
    };
  };
};

/** Any member may be absent: AWS omits it, or the endpoint redacts it. */
export type AwsOpportunitySummary = {
  readonly Catalog?: string;
  readonly CosellMotion?: string;
  readonly CosellMotionReason?: string;
  readonly Customer?: {
    readonly Contacts?: ReadonlyArray<{
      readonly BusinessTitle?: string;
      readonly Email?: string;
      readonly FirstName?: string;
      readonly LastName?: string;
      readonly Phone?: string;
    }>;
  };
  readonly Insights?: {
    readonly AwsProductsSpendInsightsBySource?: {
      readonly AWS?: {
        readonly AwsProducts?: ReadonlyArray<{
          readonly Amount?: string;
          readonly Categories?: readonly string[];
          readonly Optimizations?: ReadonlyArray<{
            readonly Description?: string;
            readonly SavingsAmount?: string;
          }>;
          readonly OptimizedAmount?: string;
          readonly PotentialSavingsAmount?: string;
          readonly ProductCode?: string;
          readonly ServiceCode?: string;
        }>;
        readonly CurrencyCode?: string;
        readonly Frequency?: PaymentFrequency;
        readonly TotalAmount?: string;
        readonly TotalAmountByCategory?: { readonly [name: string]: string };
        readonly TotalOptimizedAmount?: string;
        readonly TotalPotentialSavingsAmount?: string;
      };
      readonly Partner?: {
        readonly AwsProducts?: ReadonlyArray<{
          readonly Amount?: string;
          readonly Categories?: readonly string[];
          readonly Optimizations?: ReadonlyArray<{
            readonly Description?: string;
            readonly SavingsAmount?: string;
          }>;
          readonly OptimizedAmount?: string;
          readonly PotentialSavingsAmount?: string;
          readonly ProductCode?: string;
          readonly ServiceCode?: string;
        }>;
        readonly CurrencyCode?: string;
        readonly Frequency?: PaymentFrequency;
        readonly TotalAmount?: string;
        readonly TotalAmountByCategory?: { readonly [name: string]: string };
        readonly TotalOptimizedAmount?: string;
        readonly TotalPotentialSavingsAmount?: string;
      };
    };
    readonly EngagementScore?: EngagementScore;
    readonly NextBestActions?: string;
    readonly OpportunityQuality?: {
      readonly Score?: number;
      readonly Trend?: string;
    };
    readonly Recommendations?: ReadonlyArray<{
      readonly Attributes?: { readonly [name: string]: string };
      readonly Details?: string;
      readonly Type?: string;
    }>;
  };
  readonly InvolvementType?: SalesInvolvementType;
  readonly InvolvementTypeChangeReason?: InvolvementTypeChangeReason;
  readonly LifeCycle?: {
    readonly ClosedLostReason?: AwsClosedLostReason;
    readonly NextSteps?: string;
    readonly NextStepsHistory?: ReadonlyArray<{
      readonly Time?: Timestamp;
      readonly Value?: string;
    }>;
    readonly Stage?: AwsOpportunityStage;
    readonly TargetCloseDate?: string;
  };
  readonly OpportunityTeam?: ReadonlyArray<{
    readonly BusinessTitle?: AwsMemberBusinessTitle;
    readonly Email?: string;
    readonly FirstName?: string;
    readonly LastName?: string;
  }>;
  readonly Origin?: OpportunityOrigin;
  readonly Project?: {
    readonly AwsPartition?: AwsPartition;
    readonly ExpectedCustomerSpend?: ReadonlyArray<{
      readonly Amount?: string;
      readonly CurrencyCode?: string;
      readonly EstimationUrl?: string;
      readonly Frequency?: PaymentFrequency;
      readonly TargetCompany?: string;
    }>;
  };
  readonly RelatedEntityIds?: {
    readonly AwsMarketplaceProducts?: readonly string[];
    readonly AwsMarketplaceSolutions?: readonly string[];
    readonly AwsProducts?: readonly string[];
    readonly Solutions?: readonly string[];
  };
  readonly RelatedOpportunityId?: string;
  readonly SoftwareRevenue?: {
    readonly Discount?: string;
    readonly EffectiveDate?: string;
    readonly ExpirationDate?: string;
    readonly Value?: {
      readonly Amount?: string;
      readonly CurrencyCode?: string;
    };
  };
  readonly Visibility?: Visibility;
};

/** Any member may be absent: AWS omits it, or the endpoint redacts it. */
export type EngagementInvitation = {
  readonly Arn?: string;
  readonly Catalog?: string;
  readonly EngagementDescription?: string;
  readonly EngagementId?: string;
  readonly EngagementTitle?: string;
  readonly EnrichmentContext?: {
    readonly LeadInsights?: {
      readonly ChannelRecommendation?: {
        readonly BestOutreachWindows?: ReadonlyArray<{
          readonly Day?: DayOfWeek;
          readonly EndTimeUtc?: string;
          readonly StartTimeUtc?: string;
        }>;
        readonly RecommendedChannel?: string;
      };
      readonly LeadReadinessScore?: string;
    };
    readonly ProspectingResultAws?: {
      readonly Customer?: {
        readonly AccountName?: string;
        readonly CompanySize?: string;
        readonly Country?: string;
        readonly EligiblePrograms?: readonly string[];
        readonly Geo?: string;
        readonly Industry?: Industry;
        readonly PublicProfileSummary?: string;
        readonly Region?: string;
        readonly Segment?: string;
        readonly SubIndustry?: string;
        readonly SubRegion?: string;
      };
      readonly Insights?: {
        readonly MarketplaceEngagementScore?: string;
        readonly SolutionCategory?: string;
        readonly SolutionScore?: string;
        readonly SolutionSubCategory?: string;
      };
    };
  };
  readonly ExistingMembers?: ReadonlyArray<{
    readonly CompanyName?: string;
    readonly WebsiteUrl?: string;
  }>;
  readonly ExpirationDate?: Timestamp;
  readonly Id?: string;
  readonly InvitationDate?: Timestamp;
  readonly InvitationMessage?: string;
  readonly Payload?: {
    readonly AccountPlanningInvitation?: {
      readonly AccountIdentifier?: string;
      readonly Customer?: {
        readonly CompanyName?: string;
        readonly CountryCode?: string;
        readonly Industry?: string;
        readonly WebsiteUrl?: string;
      };
      readonly PreferredContact?: {
        readonly Timezone?: string;
        readonly Window?: ContactWindow;
      };
      readonly SenderContacts?: ReadonlyArray<{
        readonly BusinessTitle?: string;
        readonly Email?: string;
        readonly FirstName?: string;
        readonly LastName?: string;
        readonly Phone?: string;
      }>;
    };
    readonly LeadInvitation?: {
      readonly Customer?: {
        readonly AwsMaturity?: string;
        readonly CompanyName?: string;
        readonly CountryCode?: string;
        readonly Industry?: string;
        readonly MarketSegment?: string;
        readonly WebsiteUrl?: string;
      };
      readonly Interaction?: {
        readonly ContactBusinessTitle?: string;
        readonly SourceId?: string;
        readonly SourceName?: string;
        readonly SourceType?: string;
        readonly Usecase?: string;
      };
    };
    readonly OpportunityInvitation?: {
      readonly Customer?: {
        readonly CompanyName?: string;
        readonly CountryCode?: string;
        readonly Industry?: Industry;
        readonly WebsiteUrl?: string;
      };
      readonly OpportunityType?: OpportunityType;
      readonly Project?: {
        readonly BusinessProblem?: string;
        readonly ExpectedCustomerSpend?: ReadonlyArray<{
          readonly Amount?: string;
          readonly CurrencyCode?: string;
          readonly EstimationUrl?: string;
          readonly Frequency?: PaymentFrequency;
          readonly TargetCompany?: string;
        }>;
        readonly TargetCompletionDate?: string;
        readonly Title?: string;
      };
      readonly ReceiverResponsibilities?: readonly ReceiverResponsibility[];
      readonly SenderContacts?: ReadonlyArray<{
        readonly BusinessTitle?: string;
        readonly Email?: string;
        readonly FirstName?: string;
        readonly LastName?: string;
        readonly Phone?: string;
      }>;
    };
  };
  readonly PayloadType?: EngagementInvitationPayloadType;
  readonly Receiver?: {
    readonly Account?: {
      readonly Alias?: string;
      readonly AwsAccountId?: string;
    };
  };
  readonly RejectionReason?: string;
  readonly SenderAwsAccountId?: string;
  readonly SenderCompanyName?: string;
  readonly Status?: InvitationStatus;
};

/** Any member may be absent: AWS omits it, or the endpoint redacts it. */
export type Engagement = {
  readonly Arn?: string;
  readonly Contexts?: ReadonlyArray<{
    readonly Id?: string;
    readonly Payload?: {
      readonly CustomerAccount?: {
        readonly AccountIdentifier?: string;
        readonly Customer?: {
          readonly CompanyName?: string;
          readonly CountryCode?: string;
          readonly Industry?: string;
          readonly WebsiteUrl?: string;
        };
      };
      readonly CustomerProject?: {
        readonly Customer?: {
          readonly CompanyName?: string;
          readonly CountryCode?: string;
          readonly Industry?: Industry;
          readonly WebsiteUrl?: string;
        };
        readonly Project?: {
          readonly BusinessProblem?: string;
          readonly TargetCompletionDate?: string;
          readonly Title?: string;
        };
      };
      readonly Lead?: {
        readonly Customer?: {
          readonly Address?: {
            readonly City?: string;
            readonly CountryCode?: string;
            readonly PostalCode?: string;
            readonly StateOrRegion?: string;
          };
          readonly AwsMaturity?: string;
          readonly CompanyName?: string;
          readonly Industry?: string;
          readonly MarketSegment?: string;
          readonly WebsiteUrl?: string;
        };
        readonly Insights?: {
          readonly ChannelRecommendation?: {
            readonly BestOutreachWindows?: ReadonlyArray<{
              readonly Day?: DayOfWeek;
              readonly EndTimeUtc?: string;
              readonly StartTimeUtc?: string;
            }>;
            readonly RecommendedChannel?: string;
          };
          readonly LeadReadinessScore?: string;
        };
        readonly Interactions?: ReadonlyArray<{
          readonly BusinessProblem?: string;
          readonly Contact?: {
            readonly BusinessTitle?: string;
            readonly Email?: string;
            readonly FirstName?: string;
            readonly LastName?: string;
            readonly Phone?: string;
          };
          readonly CustomerAction?: string;
          readonly InteractionDate?: Timestamp;
          readonly SourceId?: string;
          readonly SourceName?: string;
          readonly SourceType?: string;
          readonly Usecase?: string;
        }>;
        readonly QualificationStatus?: string;
      };
      readonly ProspectingResult?: {
        readonly Aws?: {
          readonly Customer?: {
            readonly AccountName?: string;
            readonly CompanySize?: string;
            readonly Country?: string;
            readonly EligiblePrograms?: readonly string[];
            readonly Geo?: string;
            readonly Industry?: Industry;
            readonly PublicProfileSummary?: string;
            readonly Region?: string;
            readonly Segment?: string;
            readonly SubIndustry?: string;
            readonly SubRegion?: string;
          };
          readonly EndTime?: Timestamp;
          readonly Insights?: {
            readonly MarketplaceEngagementScore?: string;
            readonly SolutionCategory?: string;
            readonly SolutionScore?: string;
            readonly SolutionSubCategory?: string;
          };
          readonly StartTime?: Timestamp;
          readonly TaskArn?: string;
          readonly TaskId?: string;
          readonly TaskName?: string;
        };
      };
    };
    readonly Type?: EngagementContextType;
  }>;
  readonly CreatedAt?: Timestamp;
  readonly CreatedBy?: string;
  readonly Description?: string;
  readonly EngagementMemberList?: ReadonlyArray<{
    readonly AccountId?: string;
    readonly CompanyName?: string;
    readonly WebsiteUrl?: string;
  }>;
  readonly Id?: string;
  readonly MemberCount?: number;
  readonly ModifiedAt?: Timestamp;
  readonly ModifiedBy?: string;
  readonly Title?: string;
};

/** Any member may be absent: AWS omits it, or the endpoint redacts it. */
export type Command = {
  readonly key?: string;
  readonly client?: string;
  readonly action?: 
    | 'engagement.update_context'
    | 'invitation.accept'
    | 'invitation.reject'
    | 'lead.accept'
    | 'lead.to_opportunity'
    | 'opportunity.assign'
    | 'opportunity.associate'
    | 'opportunity.create'
    | 'opportunity.disassociate'
    | 'opportunity.submit'
    | 'opportunity.update'
    | (string & {});
  readonly target?: {
    readonly kind?: 'opportunity' | 'engagement-invitation' | 'engagement' | (string & {});
    readonly id?: string;
  };
  readonly number?: number;
  readonly paths?: readonly string[];
  readonly basedOn?: number;
  readonly onConflict?: 'fail' | 'overwrite' | (string & {});
  readonly onLocked?: 'wait' | 'fail' | (string & {});
  readonly after?: string;
  readonly acceptedAt?: string;
  readonly expiresAt?: string;
  readonly status?: 
    | 'accepted'
    | 'waiting'
    | 'succeeded'
    | 'failed'
    | 'expired'
    | 'cancelled'
    | (string & {});
  readonly reason?: 'lock' | 'approval' | (string & {});
  readonly endedAt?: string;
  readonly evidence?: 'answer' | 'read-back' | 'already' | 'access-lost' | (string & {});
  readonly code?: 
    | 'conflict'
    | 'locked'
    | 'outcome-unknown'
    | 'predecessor'
    | 'refused'
    | 'not-yours'
    | 'not-found'
    | 'task-failed'
    | 'half-done'
    | 'internal'
    | (string & {});
  readonly problems?: ReadonlyArray<{
    readonly path?: string;
    readonly code?: string;
    readonly by?: 'aws' | 'relay' | (string & {});
  }>;
  readonly conflicts?: readonly string[];
  readonly overwrites?: readonly string[];
  readonly opportunityId?: string;
};

/** What the messages of all types have in common. */
export type Envelope<Type, Kind, RecordOfKind> = {
  /** What has happened. */
  readonly type: Type;
  /** When the change happened. */
  readonly timestamp: string;
  readonly data: {
    /** The catalog of the record. Samples have `Test`. */
    readonly catalog: 'AWS' | 'Sandbox' | 'Test' | (string & {});
    /** The kind of the record. */
    readonly kind: Kind;
    /** The id of the record. An AWS opportunity summary has that of its opportunity. */
    readonly id: string;
    /** The partner's own id of an opportunity. Absent if it has none, or is redacted. */
    readonly partnerId?: string;
    /** Number of the version of this record: 1, 2, 3 without gaps. */
    readonly version: number;
    /** The type, then what has changed. */
    readonly topics: readonly Topic[];
    /** Differences to the previous version. Empty in version 1. */
    readonly changes: ReadonlyArray<{
      /** JSON Pointer (RFC 6901) into the record. */
      readonly path: string;
      /** The value before. Absent if it was added or is redacted, and in thin messages. */
      readonly before?: unknown;
      /** The value after. Absent if it was removed or is redacted, and in thin messages. */
      readonly after?: unknown;
    }>;
    /** Why this version was stored. */
    readonly cause: {
      /** Detail-type of the newest event behind this version. */
      readonly detailType: string;
      /** Ids of the events behind this version, oldest first. Empty in a sample. */
      readonly eventIds: readonly string[];
      /** Time of the newest event. */
      readonly eventTime: string;
      /** At the endpoint of a client: its commands, if they have made all changes. */
      readonly commands?: ReadonlyArray<{
        /** The id of the command: `cmd_…`, as in the answer to its request. */
        readonly id: string;
        /** The key under which the client has sent it. */
        readonly key: string;
      }>;
    };
    /** Related records. Absent if there are none. */
    readonly links?: ReadonlyArray<{
      /** Kind of the related record. */
      readonly kind: 'opportunity' | 'engagement-invitation' | 'engagement' | (string & {});
      /** Id of the related record, in the same catalog. */
      readonly id: string;
      /** How the link is known. `project-title` is a guess. */
      readonly via: 
        | 'snapshot'
        | 'acceptance-task'
        | 'invitation'
        | 'lead-task'
        | 'project-title'
        | (string & {});
    }>;
    /** Partner solutions that the opportunity names. Absent if there are none. */
    readonly solutions?: ReadonlyArray<{
      readonly id: string;
      /** Absent if it is not known, and in thin messages. */
      readonly name?: string;
    }>;
    /** What an `opportunity.reminder` is about. Absent in other messages, and in thin ones. */
    readonly reminders?: ReadonlyArray<{
      /** What the reminder is about: one of `topics`. */
      readonly topic: 
        | 'opportunity.close_date_passed'
        | 'opportunity.action_required_unanswered'
        | 'opportunity.review_overdue'
        | 'opportunity.idle'
        | (string & {});
      /** When that began: a target close date, a wait, or the time without any change. */
      readonly since: string;
      /** Whole days from `since` to `timestamp`. */
      readonly days: number;
    }>;
    readonly record?: RecordOfKind;
  };
};

export type OpportunityCreated = Envelope<'opportunity.created', 'opportunity', Opportunity>;

export type OpportunityUpdated = Envelope<'opportunity.updated', 'opportunity', Opportunity>;

export type OpportunityReminder = Envelope<'opportunity.reminder', 'opportunity', Opportunity>;

export type AwsOpportunitySummaryCreated = Envelope<'aws_opportunity_summary.created', 'aws-opportunity-summary', AwsOpportunitySummary>;

export type AwsOpportunitySummaryUpdated = Envelope<'aws_opportunity_summary.updated', 'aws-opportunity-summary', AwsOpportunitySummary>;

export type EngagementInvitationCreated = Envelope<'engagement_invitation.created', 'engagement-invitation', EngagementInvitation>;

export type EngagementInvitationAccepted = Envelope<'engagement_invitation.accepted', 'engagement-invitation', EngagementInvitation>;

export type EngagementInvitationRejected = Envelope<'engagement_invitation.rejected', 'engagement-invitation', EngagementInvitation>;

export type EngagementInvitationExpired = Envelope<'engagement_invitation.expired', 'engagement-invitation', EngagementInvitation>;

export type EngagementInvitationUpdated = Envelope<'engagement_invitation.updated', 'engagement-invitation', EngagementInvitation>;

export type EngagementInvitationExpiring = Envelope<'engagement_invitation.expiring', 'engagement-invitation', EngagementInvitation>;

export type EngagementCreated = Envelope<'engagement.created', 'engagement', Engagement>;

export type EngagementUpdated = Envelope<'engagement.updated', 'engagement', Engagement>;

export type CommandAccepted = Envelope<'command.accepted', 'command', Command>;

export type CommandWaiting = Envelope<'command.waiting', 'command', Command>;

export type CommandSucceeded = Envelope<'command.succeeded', 'command', Command>;

export type CommandFailed = Envelope<'command.failed', 'command', Command>;

export type CommandExpired = Envelope<'command.expired', 'command', Command>;

export type CommandCancelled = Envelope<'command.cancelled', 'command', Command>;

/** A message of a known type, distinguished by `type`. */
export type Message = 
  | OpportunityCreated
  | OpportunityUpdated
  | OpportunityReminder
  | AwsOpportunitySummaryCreated
  | AwsOpportunitySummaryUpdated
  | EngagementInvitationCreated
  | EngagementInvitationAccepted
  | EngagementInvitationRejected
  | EngagementInvitationExpired
  | EngagementInvitationUpdated
  | EngagementInvitationExpiring
  | EngagementCreated
  | EngagementUpdated
  | CommandAccepted
  | CommandWaiting
  | CommandSucceeded
  | CommandFailed
  | CommandExpired
  | CommandCancelled;

/** A type that this release sends. */
export type MessageType = Message['type'];

/** The message of a type. */
export type MessageOf<Type extends MessageType> = Extract<Message, { readonly type: Type }>;


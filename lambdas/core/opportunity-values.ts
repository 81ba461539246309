// cspell:words BYOL eusc
import { oneOf } from './opportunity-rule.ts';
import { endedStages, openStages } from './opportunity-stage.ts';

// Values of the service model of botocore 1.44.8. The tables of `opportunity-rules.ts` agree with
// them, apart from the spelling of some. AWS may add values at any time.

export const yesOrNo = oneOf(['Yes', 'No']);
export const paymentFrequency = oneOf(['Monthly']);
export const contractTerm = oneOf(['Months']);
export const awsPartition = oneOf(['aws-eusc']);
export const opportunityType = oneOf(['Net New Business', 'Flat Renewal', 'Expansion']);
export const marketingSource = oneOf(['Marketing Activity', 'None']);
export const revenueModel = oneOf(['Contract', 'Pay-as-you-go', 'Subscription']);

export const stages: readonly string[] = [...openStages, ...endedStages];

export const reviewStatuses: readonly string[] = [
  'Pending Submission',
  'Submitted',
  'In review',
  'Approved',
  'Rejected',
  'Action Required',
];

export const primaryNeed = oneOf([
  'Co-Sell - Architectural Validation',
  'Co-Sell - Business Presentation',
  'Co-Sell - Competitive Information',
  'Co-Sell - Pricing Assistance',
  'Co-Sell - Technical Consultation',
  'Co-Sell - Total Cost of Ownership Evaluation',
  'Co-Sell - Deal Support',
  'Co-Sell - Support for Public Tender / RFx',
]);

export const industry = oneOf([
  'Aerospace',
  'Agriculture',
  'Automotive',
  'Computers and Electronics',
  'Consumer Goods',
  'Education',
  'Energy - Oil and Gas',
  'Energy - Power and Utilities',
  'Financial Services',
  'Gaming',
  'Government',
  'Healthcare',
  'Hospitality',
  'Life Sciences',
  'Manufacturing',
  'Marketing and Advertising',
  'Media and Entertainment',
  'Mining',
  'Non-Profit Organization',
  'Professional Services',
  'Real Estate and Construction',
  'Retail',
  'Software and Internet',
  'Telecommunications',
  'Transportation and Logistics',
  'Travel',
  'Wholesale and Distribution',
  'Other',
]);

export const deliveryModel = oneOf([
  'SaaS or PaaS',
  'BYOL or AMI',
  'Managed Services',
  'Professional Services',
  'Resell',
  'Other',
]);

export const salesActivity = oneOf([
  'Initialized discussions with customer',
  'Customer has shown interest in solution', // cspell:disable-line
  'Conducted POC / Demo',
  'In evaluation / planning stage',
  'Agreed on solution to Business Problem',
  'Completed Action Plan',
  'Finalized Deployment Need',
  'SOW Signed',
]);

export const competitor = oneOf([
  'Oracle Cloud',
  'On-Prem',
  'Co-location',
  'Akamai',
  'AliCloud',
  'Google Cloud Platform',
  'IBM Softlayer',
  'Microsoft Azure',
  'Other- Cost Optimization',
  'No Competition',
  '*Other',
]);

export const closedLostReason = oneOf([
  'Customer Deficiency',
  'Delay / Cancellation of Project',
  'Legal / Tax / Regulatory',
  'Lost to Competitor - Google',
  'Lost to Competitor - Microsoft',
  'Lost to Competitor - SoftLayer',
  'Lost to Competitor - VMWare',
  'Lost to Competitor - Other',
  'No Opportunity',
  'On Premises Deployment',
  'Partner Gap',
  'Price',
  'Security / Compliance',
  'Technical Limitations',
  'Customer Experience',
  'Other',
  'People/Relationship/Governance',
  'Product/Technology',
  'Financial/Commercial',
]);

const channelNames =
  'AWS Marketing Central,Content Syndication,Display,Email,Live Event,Out Of Home (OOH),Print,Search,Social,Telemarketing,TV,Video,Virtual Event';
export const marketingChannel = oneOf(channelNames.split(','));

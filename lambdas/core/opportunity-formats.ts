import { matching } from './opportunity-rule.ts';

// Patterns of the service model of botocore 1.44.8, and in words what they take.

export const day = matching(/^[1-9]\d{3}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$/, 'a day such as 2026-06-30');
export const amount = matching(/^(0|[1-9]\d{0,30})(\.\d{0,2})?$/, 'a text with an amount such as 5000.00');
export const currency = matching(/^[A-Z]{3}$/, 'a currency such as USD');
export const email = matching(
  /^(?=.{0,80}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i,
  'an e-mail address of up to 80 characters',
);
export const phone = matching(/^\+[1-9]\d{1,14}$/, 'a phone number such as +14155550100');
export const accountId = matching(/^(\d{12}|\w{1,12})$/, 'an AWS account id of 12 digits');
export const duns = matching(/^\d{9}$/, '9 digits');
export const country = matching(/^[A-Z]{2}$/, 'an ISO 3166 code of two capital letters such as US');
export const opportunityId = matching(/^O\d{1,19}$/, 'an id such as O1234567');
export const estimate = matching(
  /^https:\/\/(calculator\.aws|pricing\.calculator\.aws\.eu)\/#\/estimate\?id=[a-f0-9]{32,64}$/,
  'a link to an estimate of the AWS Pricing Calculator',
);
export const dateTime = matching(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/,
  'a date-time such as 2026-06-30T10:00:00Z',
);

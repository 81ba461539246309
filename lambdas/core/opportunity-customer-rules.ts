import * as formats from './opportunity-formats.ts';
import {
  draft,
  free,
  is,
  isNot,
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
import { countriesWithoutPostalCodes } from './postal-codes.ts';

const countryCode = '/Customer/Account/Address/CountryCode';
/** AWS hides the customer of an opportunity about national security. */
const isPublic = isNot('/NationalSecurity', 'Yes');
const hasPostalCodes = isNot(countryCode, ...countriesWithoutPostalCodes);

export const customerRules: Readonly<Record<string, MemberRule>> = {
  '/Customer': { value: object, changeable: untilTheEnd },
  '/Customer/Account': { value: object },
  '/Customer/Account/Industry': { value: values.industry, changeable: draft, needed: submission },
  '/Customer/Account/OtherIndustry': {
    value: text(255),
    changeable: draft,
    needed: { ...update, if: [is('/Customer/Account/Industry', 'Other')] },
  },
  '/Customer/Account/CompanyName': {
    value: text(120),
    changeable: draft,
    needed: { ...parent, if: [isPublic] },
  },
  '/Customer/Account/WebsiteUrl': {
    value: text(255, 4),
    changeable: whenActionIsRequired,
    needed: { ...submission, if: [isPublic] },
  },
  '/Customer/Account/AwsAccountId': {
    value: formats.accountId,
    // The tables name consulting partners only.
    needed: { ...update, if: [is('/LifeCycle/Stage', 'Launched')] },
  },
  '/Customer/Account/Duns': { value: formats.duns },
  '/Customer/Account/Address': { value: object, changeable: untilTheEndOrRequired },
  '/Customer/Account/Address/City': { value: text(255) },
  '/Customer/Account/Address/StreetAddress': { value: text(255) },
  '/Customer/Account/Address/CountryCode': {
    value: formats.country,
    changeable: whenActionIsRequired,
    needed: submission,
  },
  '/Customer/Account/Address/PostalCode': {
    value: text(20),
    changeable: whenActionIsRequired,
    needed: { ...submission, if: [isPublic, hasPostalCodes] },
    onlyIf: hasPostalCodes,
  },
  '/Customer/Account/Address/StateOrRegion': {
    value: free,
    changeable: whenActionIsRequired,
    needed: { ...submission, if: [isPublic, is(countryCode, 'US')] },
  },
  '/Customer/Contacts': { value: list() },
  '/Customer/Contacts/*': { value: object },
  '/Customer/Contacts/*/Email': { value: formats.email },
  '/Customer/Contacts/*/FirstName': { value: text(80) },
  '/Customer/Contacts/*/LastName': { value: text(80) },
  '/Customer/Contacts/*/BusinessTitle': { value: text(80) },
  '/Customer/Contacts/*/Phone': { value: formats.phone },
};

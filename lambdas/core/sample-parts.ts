import { addMs, type Instant } from './instant.ts';
import type { JsonObject } from './json.ts';

// What the payloads of samples share. All names, ids and addresses are made up.

/** When and as what a sample is made. */
export interface Sample {
  readonly catalog: string;
  readonly id: string;
  readonly madeAt: Instant;
}

/** Ids of other records that samples name. */
export const relatedIds = {
  opportunity: 'O1234567',
  engagement: 'eng-0123456789abcd',
  invitation: 'engi-0123456789abc',
  solution: 'S-1234567',
} as const;

export const partnerAccountId = '111122223333';
export const projectTitle = 'Data platform for Example Corp';
export const businessProblem = 'The present data platform cannot grow with the business any further.';
export const customer = {
  CompanyName: 'Example Corp',
  CountryCode: 'US',
  Industry: 'Retail',
  WebsiteUrl: 'https://www.example.com',
};

export function person(firstName: string, email: string, businessTitle: string): JsonObject {
  return { BusinessTitle: businessTitle, Email: email, FirstName: firstName, LastName: 'Example' };
}

export function spend(amount: string): readonly JsonObject[] {
  return [{ Amount: amount, CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }];
}

export function daysAfter(madeAt: Instant, days: number): Instant {
  return addMs(madeAt, days * 24 * 60 * 60 * 1_000);
}

/** `2026-03-09`, as AWS prints the day on which a deal shall close. */
export function closeDay(madeAt: Instant): string {
  return daysAfter(madeAt, 90).slice(0, 10);
}

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { isWanted } from '../../../lambdas/core/wanted.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';

const payload = { ...opportunityPayload(), NationalSecurity: 'Yes', Tags: ['a', 'b'], Score: 12 };
const version = versionOf(observation({ payload }));

function deal(amount: string) {
  const ExpectedCustomerSpend = [{ Amount: amount, CurrencyCode: 'USD' }];
  return versionOf(observation({ payload: { ...payload, Project: { ExpectedCustomerSpend } } }));
}

describe('isWanted', () => {
  it('depends on topics and catalogs if there is no filter', () => {
    expect(isWanted(endpoint(), version)).toBe(true);
    expect(isWanted(endpoint({ topics: ['engagement.*'] }), version)).toBe(false);
    expect(isWanted(endpoint({ catalogs: ['Sandbox'] }), version)).toBe(false);
  });

  it.each<JsonObject>([
    { type: ['opportunity.created'] },
    { data: { record: { NationalSecurity: ['Yes'] } } },
    { data: { record: { Score: [{ numeric: ['>', 10] }], Tags: ['b'] } } },
    { data: { topics: [{ suffix: '.created' }], changes: { path: [{ exists: false }] } } },
    { $or: [{ type: ['engagement.created'] }, { data: { id: [{ prefix: 'O' }] } }] },
  ])('accepts a message that matches the filter %j', (filter) => {
    expect(isWanted(endpoint({ filter }), version)).toBe(true);
    expect(isWanted(endpoint({ filter, topics: ['engagement.*'] }), version)).toBe(false);
  });

  it.each<JsonObject>([
    { type: ['opportunity.updated'] },
    { data: { record: { NationalSecurity: [{ 'anything-but': 'Yes' }] } } },
    { data: { record: { Missing: [{ exists: true }] } } },
  ])('refuses a message that does not match the filter %j', (filter) => {
    expect(isWanted(endpoint({ filter }), version)).toBe(false);
  });

  it('lets a filter choose deals over 100,000 by their amount, which is a text', () => {
    const Amount = [{ numeric: ['>', 100_000] }];
    const filter = { data: { record: { Project: { ExpectedCustomerSpend: { Amount } } } } };
    expect(isWanted(endpoint({ filter }), deal('100000.01'))).toBe(true);
    expect(isWanted(endpoint({ filter }), deal('531.0'))).toBe(false);
  });

  it('lets a filter use what is redacted and what a thin message leaves out', () => {
    const filter = { data: { record: { NationalSecurity: ['Yes'] } } };
    expect(isWanted(endpoint({ filter, redact: ['/NationalSecurity'], payload: 'thin' }), version)).toBe(
      true,
    );
  });
});

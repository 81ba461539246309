import { describe, expect, it } from 'vitest';
import type { Change } from '../../../lambdas/core/change.ts';
import { chatMessageOf } from '../../../lambdas/core/chat-message.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import type { MessageForm } from '../../../lambdas/core/message.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { announceReminders } from '../../../lambdas/core/reminder.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';

const full: MessageForm = { payload: 'full', redact: [] };
const payload = {
  ...opportunityPayload(),
  Customer: { Account: { CompanyName: 'Example Corp' } },
  LifeCycle: { Stage: 'Qualified', ReviewStatus: 'Approved', TargetCloseDate: '2026-06-30' },
  Project: {
    Title: 'Data platform',
    ExpectedCustomerSpend: [{ Amount: '1234567.50', CurrencyCode: 'EUR' }],
  },
};
const created = versionOf(observation({ payload }));

function withChanges(...changes: readonly Change[]): Version {
  return { ...created, type: 'opportunity.updated', topics: ['opportunity.updated'], changes };
}

function linesOf(version: Version, form = full): readonly string[] {
  return chatMessageOf(version, form).lines.map(({ label, text }) => `${label}: ${text}`);
}

function factsOf(version: Version, form = full): readonly string[] {
  return chatMessageOf(version, form).facts.map(({ label, text }) => `${label}: ${text}`);
}

describe('a message for a chat', () => {
  it('says what happened to which opportunity, and what people want to know of it', () => {
    expect(chatMessageOf(created, full).title).toBe('New opportunity: Data platform');
    expect(factsOf(created)).toEqual([
      'Customer: Example Corp',
      'Stage: Qualified',
      'Review status: Approved',
      'Target close date: 2026-06-30',
      'Expected spend: 1,234,567.5 EUR',
      'Id: O1234567',
    ]);
    expect(linesOf(created)).toEqual([]);
  });

  it('has a title for every type and topic', () => {
    for (const topic of topics) {
      const { title, facts, more } = chatMessageOf(makeSample(topic, '2026-03-01T10:00:00.000Z'), full);
      expect(title).toMatch(/^\[Test\] [A-Z][A-Za-z ]+: \S/);
      expect(facts.length).toBeLessThanOrEqual(10);
      expect(more).toBe(0);
    }
  });

  it('says what a reminder is about and since when, unless the endpoint redacts that member', () => {
    const reminders = [
      { name: 'close_date_passed', since: '2026-07-01T00:00:00.000Z' },
      { name: 'idle', since: '2026-06-01T09:30:00.000Z' },
    ] as const;
    const reminder = announceReminders(created, reminders, created.cause);
    expect(chatMessageOf(reminder, full).title).toBe('Reminder: Data platform');
    expect(linesOf(reminder)).toEqual([
      'The target close date has passed: since 2026-07-01 00:00 UTC',
      'Nothing has changed: since 2026-06-01 09:30 UTC',
    ]);
    const redact = ['/LifeCycle/TargetCloseDate'];
    expect(linesOf(reminder, { payload: 'full', redact })).toEqual([
      'Nothing has changed: since 2026-06-01 09:30 UTC',
    ]);
    expect(linesOf(reminder, { payload: 'thin', redact: [] })).toEqual([]);
  });

  it('says from which catalog it comes, unless that is AWS', () => {
    expect(chatMessageOf({ ...created, catalog: 'Sandbox' }, full).title).toMatch(/^\[Sandbox\] New/);
  });

  it('names a change by its member in words, with the value before and after', () => {
    const version = withChanges(
      { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
      { path: '/LifeCycle/TargetCloseDate', before: '2026-05-31', after: '2026-06-30' },
      { path: '/Customer/Account/AwsAccountId', after: '123456789012' },
      { path: '/Customer/Contacts/1/Email', before: 'jane@example.com' },
      { path: '/RelatedEntityIdentifiers/Solutions/0', after: 'S-1234567' },
      { path: '/Marketing/AwsFundingUsed', before: false, after: true },
      { path: '/CreatedDate', after: '2026-03-01T10:05:59Z' },
    );
    expect(linesOf(version)).toEqual([
      'Stage: Prospect → Qualified',
      'Target close date: 2026-05-31 → 2026-06-30',
      'AWS account id: not set → 123456789012',
      'Contacts 2, email: jane@example.com → not set',
      'Solutions 1: not set → S-1234567',
      'AWS funding used: no → yes',
      'Created date: not set → 2026-03-01 10:05 UTC',
    ]);
  });

  it('names two members of the same name by all their steps', () => {
    const version = withChanges(
      { path: '/Customer/Account/WebsiteUrl', after: 'a.example.com' },
      { path: '/Project/WebsiteUrl', after: 'b.example.com' },
    );
    expect(linesOf(version)).toEqual([
      'customer / account / website url: not set → a.example.com',
      'project / website url: not set → b.example.com',
    ]);
  });

  it('writes lists and objects out, as far as a person reads', () => {
    const list = ['a', 'b', 'c', 'd', 'e', 'f'];
    const version = withChanges(
      { path: '/PrimaryNeedsFromAws', before: [], after: list },
      { path: '/SoftwareRevenue', after: { DeliveryModel: 'Contract', Value: { Amount: '10' } } },
    );
    expect(linesOf(version)).toEqual([
      'Primary needs from AWS: empty → a, b, c, d, e, …',
      'Software revenue: not set → delivery model Contract, value amount 10',
    ]);
  });

  it('gives amounts with their currency, and exactly', () => {
    const path = '/Project/ExpectedCustomerSpend/0/Amount';
    expect(linesOf(withChanges({ path, before: '9000', after: '1234567.50' }))).toEqual([
      'Expected customer spend 1, amount: 9,000 EUR → 1,234,567.50 EUR',
    ]);
    const exact = parseJson('9007199254740993');
    expect(linesOf(withChanges({ path: '/Discount', after: exact }))).toEqual([
      'Discount: not set → 9007199254740993',
    ]);
  });

  it('leaves out that AWS has written the record', () => {
    const path = '/LastModifiedDate';
    expect(linesOf(withChanges({ path, before: '2026-03-01', after: '2026-03-02' }))).toEqual([]);
  });

  it('shows ten changes, and counts the others', () => {
    const changes = Array.from({ length: 22 }, (_, index) => ({ path: `/Member${index}x`, after: index }));
    const message = chatMessageOf(withChanges(...changes), full);
    expect(message.lines).toHaveLength(10);
    expect(message.more).toBe(12);
  });

  it('says that related records have changed', () => {
    const version = { ...withChanges(), topics: ['opportunity.updated', 'opportunity.linked'] };
    expect(linesOf(version)).toEqual(['Related records: changed']);
  });

  it('cuts a long text after a whole character, and marks the cut', () => {
    const [line = ''] = linesOf(withChanges({ path: '/Text', after: '🦜'.repeat(400) }));
    expect(line).toMatch(/^Text: not set → 🦜+…$/u);
    expect(line.length).toBeLessThan(230);
  });

  it('is one line of visible text for each value', () => {
    const after = 'a\u0000b\r\n\tc\u202Ed\u2028e \uD800';
    expect(linesOf(withChanges({ path: '/Text', after }))).toEqual(['Text: not set → a b cd e \uFFFD']);
    expect(linesOf(withChanges({ path: '/Text', after: ' \n ' }))).toEqual(['Text: not set → empty']);
  });
});

describe('a message for a chat that may not say all', () => {
  const change = { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' };

  it('has ids and the names of changes only, if it is thin', () => {
    const thin: MessageForm = { payload: 'thin', redact: [] };
    const message = chatMessageOf(withChanges(change), thin);
    expect(message.title).toBe('Opportunity changed: O1234567');
    expect(factsOf(withChanges(change), thin)).toEqual(['Id: O1234567']);
    expect(message.lines).toEqual([{ label: 'Stage', text: 'changed' }]);
  });

  it('names a redacted change without its values', () => {
    const form: MessageForm = { payload: 'full', redact: ['/LifeCycle/Stage', '/Project/Title'] };
    expect(linesOf(withChanges(change), form)).toEqual(['Stage: changed']);
    expect(factsOf(withChanges(change), form).join()).not.toContain('Stage');
    expect(chatMessageOf(withChanges(change), form).title).toBe('Opportunity changed: Example Corp');
  });

  it('does not name the currency of an amount if that is redacted', () => {
    const form: MessageForm = {
      payload: 'full',
      redact: ['/Project/ExpectedCustomerSpend/*/CurrencyCode'],
    };
    const path = '/Project/ExpectedCustomerSpend/0/Amount';
    expect(linesOf(withChanges({ path, before: '9000', after: '8000' }), form)).toEqual([
      'Expected customer spend 1, amount: 9000 → 8000',
    ]);
    expect(factsOf(created, form)).toContain('Expected spend: 1,234,567.5');
  });

  it('knows the listed members alone, if the endpoint lists them', () => {
    const form: MessageForm = { payload: 'full', redact: { only: ['/LifeCycle/Stage'] } };
    const title = { path: '/Project/Title', before: 'Old', after: 'Data platform' };
    const message = chatMessageOf(withChanges(change, title), form);
    expect(message.title).toBe('Opportunity changed: O1234567');
    expect(factsOf(withChanges(change), form)).toEqual(['Stage: Qualified', 'Id: O1234567']);
    expect(message.lines.map(({ label }) => label)).toEqual(['Stage']);
  });
});

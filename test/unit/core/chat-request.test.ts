import type { KnownBlock } from '@slack/types';
import { AdaptiveCard, SerializationContext, Versions } from 'adaptivecards';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatMessageOf } from '../../../lambdas/core/chat-message.ts';
import { chatRequestOf } from '../../../lambdas/core/chat-request.ts';
import { type ChatFormat, chatFormats } from '../../../lambdas/core/endpoint.ts';
import { isJsonContainer, isJsonObject, type Json, type JsonObject } from '../../../lambdas/core/json.ts';
import type { MessageForm } from '../../../lambdas/core/message.ts';
import { redactedTexts } from '../../../lambdas/core/message-redaction.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import { slackMessageOf } from '../../../lambdas/core/slack-message.ts';
import { teamsMessageOf } from '../../../lambdas/core/teams-message.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { slackUrl, teamsUrl } from '../../builders/endpoints.ts';
import { observation, versionOf } from '../../builders/versions.ts';

const urls: Readonly<Record<ChatFormat, string>> = { slack: slackUrl, teams: teamsUrl };
const full: MessageForm = { payload: 'full', redact: [] };
/** Microsoft documents about 28 KB. Users have seen messages refused from 21 KB on. */
const mostTeamsBytes = 21_000;

const samples = topics.map((topic) => makeSample(topic, '2026-03-01T10:00:00.000Z'));

function bodyOf(version: Version, form: MessageForm, format: ChatFormat): string {
  return chatRequestOf(version, form, format, urls[format]).body;
}

/** An opportunity with these texts wherever a message for a chat takes one. */
function opportunityWith(said: string, more: Json = said): Version {
  const payload = {
    Customer: { Account: { CompanyName: said } },
    LifeCycle: { Stage: said, ReviewStatus: said, NextSteps: said, TargetCloseDate: '2026-06-30' },
    Project: { Title: said, ExpectedCustomerSpend: [{ Amount: '9'.repeat(31), CurrencyCode: said }] },
  };
  const changes = Array.from({ length: 12 }, (_, index) => ({
    path: `/${said.replaceAll(/[~/]/g, '-')}/Member${index}`,
    before: said,
    after: more,
  }));
  const amount = { path: '/Project/ExpectedCustomerSpend/0/Amount', before: said, after: said };
  return {
    ...versionOf(observation({ payload })),
    type: 'opportunity.updated',
    changes: [amount, ...changes],
  };
}

/** All objects in a JSON value, with those inside them. */
function objectsIn(value: Json): readonly JsonObject[] {
  if (!isJsonContainer(value)) return [];
  const inner = Object.values<Json>(value).flatMap(objectsIn);
  return isJsonObject(value) ? [value, ...inner] : inner;
}

function parse(body: string): Json {
  const parsed: Json = JSON.parse(body);
  return parsed;
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4_000 }),
  fc.string({
    unit: fc.constantFrom('&', '<', '"', '\\', '💸', '漢', '\u0000'),
    minLength: 900,
    maxLength: 4_000,
  }),
  fc.constantFrom('<!channel>', '<@U0EXAMPLE>', '*bold*', '[link](https://evil.example.com)', ':tada:'),
);

describe('a message for Slack', () => {
  it('has blocks of the types that Slack publishes', () => {
    // The compiler checks them against @slack/types.
    const blocks: readonly KnownBlock[] = slackMessageOf(chatMessageOf(opportunityWith('x'), full)).blocks;
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      ...Array.from({ length: 11 }, () => 'section'),
      'context',
    ]);
  });

  it('stays within the limits of blocks, whatever a record contains', () => {
    fc.assert(
      fc.property(hostile, fc.json(), (said, more) => {
        const { text, blocks } = slackMessageOf(chatMessageOf(opportunityWith(said, parse(more)), full));
        expect(text.length).toBeLessThanOrEqual(3_000);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
          const own = 'text' in block ? block.text : undefined;
          const fields = ('fields' in block ? block.fields : undefined) ?? [];
          expect(own?.text.length ?? 0).toBeLessThanOrEqual(3_000);
          expect(fields.length).toBeLessThanOrEqual(10);
          for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
          expect(objectsIn(parse(JSON.stringify(block))).map((each) => each['text'])).not.toContain('');
        }
      }),
    );
  });

  it('reads no markup in what a record contains: no mention, no link, no bold, no emoji', () => {
    fc.assert(
      fc.property(hostile, (said) => {
        const body = parse(bodyOf(opportunityWith(said), full, 'slack'));
        const [{ text: notified = '', mrkdwn } = {}] = objectsIn(body);
        expect(mrkdwn).toBe(false);
        expect(notified).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        for (const { type, text, emoji } of objectsIn(body)) {
          // The only markup is a link that no record has a part in.
          if (type === 'mrkdwn')
            expect(text).toBe(
              '<https://us-east-1.console.aws.amazon.com/partnercentral/home|Open AWS Partner Central>',
            );
          if (type !== 'plain_text') continue;
          expect(emoji).toBe(false);
          expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        }
      }),
    );
  });
});

/** What the parser of Adaptive Cards says about the card. */
function problemsOf(version: Version): readonly string[] {
  const [attachment] = teamsMessageOf(chatMessageOf(version, full)).attachments;
  const context = new SerializationContext(Versions.v1_2);
  const card = new AdaptiveCard();
  card.parse(attachment?.content, context);
  const parsing = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  const events = card.validateProperties().validationEvents.map(({ message }) => message);
  expect(card.getItemCount()).toBe(attachment?.content.body.length);
  return [...parsing, ...events];
}

describe('a message for Teams', () => {
  it.each(samples.map((version) => [version.topics.at(-1), version]))(
    'has a valid card for the parser of Adaptive Cards 1.2: %s',
    (_topic, version) => {
      expect(problemsOf(version)).toEqual([]);
    },
  );

  it('stays well below 28 KB, and is a valid card, whatever a record contains', () => {
    fc.assert(
      fc.property(hostile, fc.json(), (said, more) => {
        const version = opportunityWith(said, parse(more));
        const body = bodyOf(version, full, 'teams');
        expect(Buffer.byteLength(body)).toBeLessThan(mostTeamsBytes);
        expect(Buffer.byteLength(body, 'utf16le')).toBeLessThan(mostTeamsBytes);
        expect(problemsOf(version)).toEqual([]);
      }),
    );
  });

  it('has all that a record contains in text runs, which have no markup', () => {
    const said = '**bold** [link](https://evil.example.com) <at>all</at>';
    const objects = objectsIn(parse(bodyOf(opportunityWith(said), full, 'teams')));
    const holders = objects.filter(({ text, title, url }) =>
      [text, title, url].some((each) => typeof each === 'string' && each.includes('evil.example.com')),
    );
    expect(holders.length).toBeGreaterThan(10);
    expect(new Set(holders.map(({ type }) => type))).toEqual(new Set(['TextRun']));
  });
});

describe.each(chatFormats)('a request for %s', (format) => {
  it('is JSON, and is not signed', () => {
    const { headers, body } = chatRequestOf(opportunityWith('x'), full, format, urls[format]);
    expect(headers).toEqual({ 'content-type': 'application/json' });
    expect(() => parse(body)).not.toThrow();
  });

  it('is the same at each attempt', () => {
    for (const sample of samples) expect(bodyOf(sample, full, format)).toBe(bodyOf(sample, full, format));
  });

  it.each(samples.map((version) => [version.topics.at(-1), version]))(
    'has no personal data of a sample of %s, if the endpoint redacts it',
    (_topic, version) => {
      const form: MessageForm = { payload: 'full', redact: ['personal-data'] };
      const personal = redactedTexts(version, form.redact).filter(({ length }) => length > 3);
      const body = bodyOf(version, form, format);
      for (const text of personal) expect(body).not.toContain(text);
    },
  );

  it('has no value of a redacted member, whichever are redacted', () => {
    const members = [
      '/Customer/Account/CompanyName',
      '/LifeCycle/Stage',
      '/LifeCycle/ReviewStatus',
      '/LifeCycle/NextSteps',
      '/Project/Title',
      '/OpportunityTeam/0/Email',
    ];
    const [company, stage, review, steps, title, email] = members.map((_, index) => `value${index}`);
    const payload = {
      Customer: { Account: { CompanyName: `${company}` } },
      LifeCycle: { Stage: `${stage}`, ReviewStatus: `${review}`, NextSteps: `${steps}` },
      Project: { Title: `${title}` },
      OpportunityTeam: [{ Email: `${email}` }],
    };
    const changes = members.map((path, index) => ({
      path,
      before: `before value${index}`,
      after: `value${index}`,
    }));
    const version = { ...versionOf(observation({ payload })), changes };
    fc.assert(
      fc.property(fc.subarray(members), (redact) => {
        const body = bodyOf(version, { payload: 'full', redact }, format);
        members.forEach((member, index) => {
          expect(body.includes(`value${index}`)).toBe(!redact.includes(member));
        });
      }),
    );
  });

  it('masks the URL and what it redacts in an answer', () => {
    const form: MessageForm = { payload: 'full', redact: ['/Project/Title'] };
    const { masked } = chatRequestOf(opportunityWith('a title'), form, format, urls[format]);
    expect(masked).toEqual(expect.arrayContaining(['a title', urls[format]]));
  });
});

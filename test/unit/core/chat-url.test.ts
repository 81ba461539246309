import { describe, expect, it } from 'vitest';
import { hiddenUrl, parseChatUrl, secretTextsOfUrl } from '../../../lambdas/core/chat-url.ts';
import type { ChatFormat } from '../../../lambdas/core/endpoint.ts';
import { maskTexts } from '../../../lambdas/core/mask.ts';
import { slackUrl, teamsUrl } from '../../builders/endpoints.ts';

describe('the URL of a channel', () => {
  it.each<[ChatFormat, string]>([
    ['slack', slackUrl],
    ['slack', `\n ${slackUrl}\r\n`],
    ['slack', 'https://hooks.slack-gov.com/services/T0/B0/example'],
    ['slack', 'https://chat.example.com/hooks/example'],
    ['teams', teamsUrl],
    [
      'teams',
      'https://example.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/0',
    ],
    ['teams', 'http://127.0.0.1:3000/hook'],
  ])('is accepted for %s: %s', (format, url) => {
    expect(parseChatUrl(url, format)).toBe(url.trim());
  });

  it.each<[ChatFormat, string]>([
    ['slack', ''],
    ['slack', 'hooks.slack.com/services/T0/B0/example'],
    ['slack', 'http://hooks.slack.com/services/T0/B0/example'],
    ['slack', `${slackUrl}\n${slackUrl}`],
    ['slack', 'https://hooks.slack.com'],
    // Pages for people.
    ['slack', 'https://example.slack.com/archives/C0EXAMPLE'],
    ['slack', 'https://slack.com/services/T0/B0/example'],
    ['teams', 'https://teams.microsoft.com/l/channel/example'],
    // A retired connector answers 200 also if it fails.
    ['teams', 'https://example.webhook.office.com/webhookb2/example'],
    ['teams', 'https://outlook.office.com/webhook/example'],
    ['teams', 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3'],
  ])('is refused for %s: %s', (format, text) => {
    expect(parseChatUrl(text, format)).toBeUndefined();
  });

  it('is printed without the part that is the credential', () => {
    expect(hiddenUrl(slackUrl)).toBe('https://hooks.slack.com/…');
    expect(hiddenUrl(teamsUrl)).toBe('https://prod-00.westus.logic.azure.com/…');
  });

  it.each([
    ['whole', slackUrl, `no route: ${slackUrl}`],
    ['without its host', slackUrl, 'no service at /services/T0EXAMPLE/B0EXAMPLE/ExampleTokenOfAChannel00'],
    ['its token alone', slackUrl, 'no token ExampleTokenOfAChannel00 of T0EXAMPLE'],
    ['its signature alone', teamsUrl, 'the signature Example-Signature_Of0Channel is invalid'],
    ['its query, decoded', teamsUrl, 'sp=/triggers/manual/run&sig=Example-Signature_Of0Channel'],
    ['its workflow', teamsUrl, '{"workflow":"0123456789abcdef0123456789abcdef"}'],
    ['encoded', slackUrl, `see ${encodeURIComponent(slackUrl)}`],
  ])('is masked in an answer that repeats it %s', (_what, url, answer) => {
    expect(maskTexts(answer, secretTextsOfUrl(url))).not.toMatch(
      /ExampleToken|T0EXAMPLE|Signature_Of|01234567/,
    );
  });
});

import { chatMessageOf } from './chat-message.ts';
import { secretTextsOfUrl } from './chat-url.ts';
import type { ChatFormat } from './endpoint.ts';
import { stringifyJson } from './json-text.ts';
import type { MessageForm } from './message.ts';
import { redactedTexts } from './message-redaction.ts';
import { slackMessageOf } from './slack-message.ts';
import { teamsMessageOf } from './teams-message.ts';
import type { Version } from './version.ts';
import type { WebhookRequest } from './webhook-request.ts';

/**
 * Builds the request for a channel of a chat. It is not signed: the URL is the credential.
 * @param url is masked in what is kept of an answer
 */
export function chatRequestOf(
  version: Version,
  form: MessageForm,
  format: ChatFormat,
  url: string,
): WebhookRequest {
  const message = chatMessageOf(version, form);
  return {
    headers: { 'content-type': 'application/json' },
    body: stringifyJson(format === 'slack' ? slackMessageOf(message) : teamsMessageOf(message)),
    masked: [...redactedTexts(version, form.redact), ...secretTextsOfUrl(url)],
  };
}

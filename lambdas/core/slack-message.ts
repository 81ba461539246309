import { type ChatMessage, mostTitleUnits, partnerCentralUrl } from './chat-message.ts';

/** A header or a section has room for this much, in characters. */
const mostSectionCharacters = 3_000;
const mostFieldCharacters = 2_000;

/**
 * Returns the JSON for an incoming webhook of Slack. Everything from a record is `plain_text`, in
 * which Slack reads no markup: no mention, link or bold. Limits: 50 blocks, 150 characters of a
 * header, 3000 of a section, 10 fields of 2000.
 * Sources: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * https://docs.slack.dev/reference/block-kit/blocks/section-block and …/header-block,
 * https://docs.slack.dev/messaging/formatting-message-text (escaping).
 */
export function slackMessageOf({ title, facts, lines, more }: ChatMessage) {
  const fields = facts.map(({ label, text }) => plainText(`${label}\n${text}`, mostFieldCharacters));
  return {
    // For notifications, which have no blocks.
    text: escapeText(title, mostSectionCharacters),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header' as const, text: plainText(title, mostTitleUnits) },
      { type: 'section' as const, fields },
      ...lines.map(({ label, text }) => section(`${label}: ${text}`)),
      ...(more > 0 ? [section(`and ${more} more`)] : []),
      {
        type: 'context' as const,
        elements: [{ type: 'mrkdwn' as const, text: `<${partnerCentralUrl}|Open AWS Partner Central>` }],
      },
    ],
  };
}

function section(text: string) {
  return { type: 'section' as const, text: plainText(text, mostSectionCharacters) };
}

/** `emoji: false` keeps texts such as `:tada:`. */
function plainText(text: string, mostCharacters: number) {
  return { type: 'plain_text' as const, text: escapeText(text, mostCharacters), emoji: false };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Slack asks for these three entities in every text. `…` ends a text that is cut. */
function escapeText(text: string, mostCharacters: number): string {
  let escaped = '';
  for (const character of text) {
    const next = entities[character] ?? character;
    if (escaped.length + next.length >= mostCharacters) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

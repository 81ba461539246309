import { type ChatFormat, chatFormats } from './endpoint.ts';
import { urlField } from './endpoint-fields.ts';
import { parseValue } from './value-schema.ts';

/** What the URL of each format must be. */
export const allowedChatUrls: Readonly<Record<ChatFormat, string>> = {
  slack:
    'the https:// URL of an incoming webhook of Slack, such as https://hooks.slack.com/services/…, and nothing else',
  teams:
    'the https:// URL of a workflow of Teams that begins with "When a Teams webhook request is received", and nothing else; not of a channel, and not of a retired connector (webhook.office.com)',
};

/**
 * Pages that people see are no receivers, and some answer 200 to any POST. So did the retired
 * connectors of Teams, also if they failed.
 */
const wrongHosts: Readonly<Record<ChatFormat, RegExp>> = {
  slack: /^(?!hooks\.)(?:.*\.)?slack(?:-gov)?\.com$/,
  teams: /(?:^|\.)(?:office|office365|teams\.microsoft|teams\.live)\.com$/,
};

/** Returns undefined if the text is not the URL of a channel. White space around it is ignored. */
export function parseChatUrl(text: string, format: ChatFormat): string | undefined {
  const parsed = parseValue(urlField, text.trim());
  if (!('value' in parsed)) return undefined;
  const { hostname, pathname } = new URL(parsed.value);
  return pathname === '/' || wrongHosts[format].test(hostname) ? undefined : parsed.value;
}

/** What every URL of a format contains, also one with mistakes or without its scheme. */
const partsOfUrl: Readonly<Record<ChatFormat, readonly RegExp[]>> = {
  slack: [/\bhooks\.slack(?:-gov)?\.com\b/i],
  teams: [/\.(?:logic\.azure|powerplatform|powerautomate)\.com\b/i, /[?&]sig=/i],
};

/** Such a URL is a credential. Returns undefined if the text does not contain one. */
export function chatFormatOf(text: string): ChatFormat | undefined {
  return chatFormats.find((format) => partsOfUrl[format].every((part) => part.test(text)));
}

export function isChatUrl(text: string): boolean {
  return chatFormatOf(text) !== undefined;
}

/** What may be printed of a URL that is a credential: `https://hooks.slack.com/…`. */
export function hiddenUrl(url: string): string {
  return `${new URL(url).origin}/…`;
}

/** Shorter parts, such as `services`, are no credentials. */
const credentialPart = /^(?=.*\d).{8,}$|^.{20,}$/;

/** The texts that must not be kept if an answer or an error repeats them. */
export function secretTextsOfUrl(url: string): readonly string[] {
  const { href, pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) =>
    credentialPart.test(part),
  );
  return [url, href, `${pathname}${search}`, pathname, ...parts];
}

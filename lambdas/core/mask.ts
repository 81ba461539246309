import { stringifyJson } from './json-text.ts';

const mask = '***';
/** Shorter texts occur by chance. */
const leastCharacters = 4;

/** Looking for texts takes time by their number and the length of the text that is searched. */
const mostWork = 64 * 1024 * 300;
/** What each text takes besides, in characters of the text that is searched. */
const workForEach = 4_096;

/**
 * Replaces every occurrence of the given texts, also as they are written in JSON and in a URL. What
 * a receiver answers may repeat what it was sent. Nothing of a long text is left if there are more
 * texts than can be looked for.
 */
export function maskTexts(text: string, secrets: readonly string[]): string {
  const possible = secrets.filter(({ length }) => length >= leastCharacters && length <= text.length);
  if (possible.length * (text.length + workForEach) > mostWork)
    return `${mask} (left out: ${possible.length} texts to mask are too many)`;
  const forms = possible.flatMap((secret) => formsIn(text, secret));
  // The longest first: a text may contain another one.
  const unique = [...new Set(forms)].toSorted((one, other) => other.length - one.length);
  return unique.reduce((masked, form) => masked.replaceAll(form, mask), text);
}

/** The ways to write a secret. The others have a backslash or a percent sign. */
function formsIn(text: string, secret: string): readonly string[] {
  const wellFormed = secret.toWellFormed();
  return [
    secret,
    ...(text.includes('\\') ? [stringifyJson(wellFormed).slice(1, -1)] : []),
    ...(text.includes('%') ? [encodeURIComponent(wellFormed)] : []),
  ];
}

/** Headers whose values are no secrets, and that help to find a message at the receiver. */
const openHeaders = new Set([
  'accept',
  'content-length',
  'content-type',
  'traceparent',
  'webhook-id',
  'webhook-timestamp',
]);

/** Values of headers that must not be stored, and their parts, such as the token after `Bearer`. */
export function secretTextsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    openHeaders.has(name.toLowerCase())
      ? []
      : [value, ...value.split(/\s+/).flatMap((part) => [part, part.replace(/^v1a?,/, '')])],
  );
}

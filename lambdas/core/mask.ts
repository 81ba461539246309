import { stringifyJson } from './json-text.ts';

const mask = '***';
/** Shorter texts occur by chance. */
const leastCharacters = 4;

/**
 * Replaces every occurrence of the given texts, also as they are written in JSON and in a URL. What
 * a receiver answers may repeat what it was sent.
 */
export function maskTexts(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= leastCharacters)
    .flatMap((secret) => {
      const wellFormed = secret.toWellFormed();
      return [secret, stringifyJson(wellFormed).slice(1, -1), encodeURIComponent(wellFormed)];
    });
  // The longest first: a text may contain another one.
  const unique = [...new Set(forms)].toSorted((one, other) => other.length - one.length);
  return unique.reduce((masked, form) => masked.replaceAll(form, mask), text);
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

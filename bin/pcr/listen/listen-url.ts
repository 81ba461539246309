import { InvalidArgumentError } from 'commander';

const allowed =
  'Allowed: a port such as 3000, a port and a path such as :3000/hook, a host and a port such as localhost:3000, or a URL.';

/**
 * Completes a short form: `3000`, `3000/hook`, `:3000/hook`, `localhost:3000`.
 * @throws InvalidArgumentError
 */
export function listenUrl(text: string): string {
  const url = withScheme(text);
  if (!URL.canParse(url)) throw new InvalidArgumentError(allowed);
  return url;
}

function withScheme(text: string): string {
  if (/^\d+(?:\/|$)/.test(text)) return `http://localhost:${text}`;
  if (/^:\d/.test(text)) return `http://localhost${text}`;
  return /^(?:localhost|[\w.-]+:\d+|\[[\da-f:]+\]:\d+)(?:\/|$)/i.test(text) ? `http://${text}` : text;
}

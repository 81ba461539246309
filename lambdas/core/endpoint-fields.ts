import { matchesTopic, orderings, payloadForms } from './endpoint.ts';
import type { Field } from './field-reader.ts';
import { type EndpointId, isEndpointId } from './ids.ts';
import { isJsonObject, type Json } from './json.ts';
import { topics } from './message-type.ts';
import { isProfile, profiles } from './personal-data.ts';

function textField(allowed: string, isAllowed: (text: string) => boolean): Field<string> {
  return { allowed, parse: (value) => (typeof value === 'string' && isAllowed(value) ? value : undefined) };
}

function choice<T extends string>(choices: readonly T[]): Field<T> {
  return {
    allowed: `one of ${choices.join(', ')}`,
    parse: (value) => choices.find((each) => each === value),
  };
}

function numberField(allowed: string, isAllowed: (value: number) => boolean): Field<number> {
  return { allowed, parse: (value) => (typeof value === 'number' && isAllowed(value) ? value : undefined) };
}

export const idField: Field<EndpointId> = {
  allowed: 'ep_ and 1 to 64 letters or digits',
  parse: (value) => (isEndpointId(value) ? value : undefined),
};

export const descriptionField = textField(
  'up to 256 characters, none of them a control character',
  (text) => text.length <= 256 && !/\p{Cc}/u.test(text),
);

export const urlField = textField(
  'an https:// URL of visible ASCII characters, without user name, password and fragment; http:// to this machine alone, on a local stage',
  isUrl,
);

/** A parser takes tabs and line breaks out of a URL, so they are looked for before it sees them. */
function isUrl(text: string): boolean {
  if (!/^[\x21-\x7e]{1,2048}$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '' || text.includes('#')) return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

export const timeoutField = numberField(
  'whole seconds, 1 to 30',
  (value) => Number.isInteger(value) && value >= 1 && value <= 30,
);

export const rateField = numberField('more than 0, at most 1000', (value) => value > 0 && value <= 1_000);

export const secretField = textField('name or ARN of a Secrets Manager secret', (text) =>
  /^[\w/+=.@:-]{1,2048}$/.test(text),
);

export const busField = textField('arn:aws:events:<region>:<account>:event-bus/<name>', (text) =>
  /^arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/.test(text),
);

/** Of an endpoint that was stored: a topic that is gone by now matches nothing, and harms nothing. */
export const storedTopicField = textField('a type or topic, * for any run of characters', () => true);

export const topicField = textField(
  `a type or topic, * for any run of characters, that matches one of ${topics.join(', ')}`,
  (pattern) => topics.some((topic) => matchesTopic(pattern, topic)),
);

export const catalogField = choice(['AWS', 'Sandbox']);

/** Of an endpoint that was stored: a catalog that there is none of matches nothing, and harms nothing. */
export const storedCatalogField = textField('letters', (text) => /^[A-Za-z]{1,64}$/.test(text));

export const payloadField = choice(payloadForms);
export const orderingField = choice(orderings);

export const redactField = textField(
  `a JSON Pointer into the record, such as /Customer/Contacts/*/Email, or a profile: ${profiles.join(', ')}`,
  (text) => isProfile(text) || /^(?:\/(?:[^~/]|~[01])+)+$/.test(text),
);

/** Of HTTP itself, or of the message; a value of somebody's would break the one or forge the other. */
const reservedHeader =
  /^(?:host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|webhook-.*)$/i;

export const headersField: Field<Readonly<Record<string, string>>> = {
  allowed:
    'up to 20 headers of printable ASCII, up to 1024 characters each; never host, content-*, webhook-* and those of the connection',
  parse: (value) => {
    const headers = isJsonObject(value) ? Object.entries(value) : [['', null] as const];
    const names = new Set(headers.map(([name]) => name.toLowerCase()));
    if (headers.length > 20 || names.size < headers.length) return undefined;
    const allowed = headers.flatMap(([name, text]) => (isHeader(name, text) ? [[name, text] as const] : []));
    return allowed.length === headers.length ? Object.fromEntries(allowed) : undefined;
  },
};

/** Which headers are not allowed. Values may be credentials, and so may be what is no name. */
export function refusedHeaders(given: Json): string {
  if (!isJsonObject(given)) return 'no object of names and values';
  const headers = Object.entries(given);
  if (headers.length > 20) return `${headers.length} of them`;
  const names = headers.map(([name]) => name.toLowerCase());
  return headers
    .flatMap(([name, text], index) => {
      if (!headerName.test(name)) return `number ${index + 1}`;
      const isTwice = names.indexOf(name.toLowerCase()) < index;
      return isTwice || !isHeader(name, text) ? name : [];
    })
    .join(', ');
}

const headerName = /^[\w!#$%&'*+.^`|~-]{1,64}$/;

function isHeader(name: string, text: Json): text is string {
  if (!headerName.test(name) || reservedHeader.test(name)) return false;
  return typeof text === 'string' && /^[\x20-\x7e]{0,1024}$/.test(text);
}

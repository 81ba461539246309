import { knownCatalogs } from './catalogs.ts';
import { chatFormats, echoForms, matchesTopic, messageFormats, orderings, payloadForms } from './endpoint.ts';
import { isEndpointId } from './ids.ts';
import { isJsonObject, type Json } from './json.ts';
import { topics } from './message-type.ts';
import { isProfile, profiles } from './personal-data.ts';
import { guarded, numberMatching, oneOf, textMatching, wholeNumber } from './value-schema.ts';

export const idField = guarded('ep_ and 1 to 64 letters or digits', isEndpointId);

export const descriptionField = textMatching(
  'up to 256 characters, without control characters',
  (text) => text.length <= 256 && !/\p{Cc}/u.test(text),
);

export const urlField = textMatching(
  'an https:// URL of visible ASCII characters, without user name, password and fragment; http:// only to this machine, on a local stage',
  isUrl,
);

/** A URL parser drops tabs and line breaks, so they are checked before the text is parsed. */
function isUrl(text: string): boolean {
  if (!/^[\x21-\x7e]{1,2048}$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '' || text.includes('#')) return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

export const timeoutField = wholeNumber(1, 30, 'seconds');

export const rateField = numberMatching(
  'a number above 0, up to 1000',
  (value) => value > 0 && value <= 1_000,
);

export const secretField = textMatching('name or ARN of a Secrets Manager secret', (text) =>
  /^[\w/+=.@:-]{1,2048}$/.test(text),
);

/** Whether it is a certificate is known only when it is used: parsing one is not pure. */
export const caField = textMatching(
  'certificates in PEM, up to 16 KiB, for a receiver in relay:allowedCidrs',
  (text) =>
    text.length <= 16_384 &&
    /^\s*(?:-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/.test(text),
);

export const busField = textMatching('arn:aws:events:<region>:<account>:event-bus/<name>', (text) =>
  /^arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/.test(text),
);

export const topicField = textMatching(
  `a type or topic, * for any run of characters, that matches one of ${topics.join(', ')}`,
  (pattern) => topics.some((topic) => matchesTopic(pattern, topic)),
);
/**
 * A stored endpoint may name a topic that no longer exists. It matches nothing and does no harm.
 */
export const storedTopicField = textMatching('a type or topic, * for any run of characters', () => true);

export const catalogField = oneOf(...knownCatalogs);
/** A stored endpoint may name an unknown catalog. It matches nothing and does no harm. */
export const storedCatalogField = textMatching('letters', (text) => /^[A-Za-z]{1,64}$/.test(text));

export const filterField = guarded('an EventBridge event pattern', isJsonObject);
export const payloadField = oneOf(...payloadForms);
export const formatField = oneOf(...messageFormats);
export const chatFormatField = oneOf(...chatFormats);
export const orderingField = oneOf(...orderings);
export const echoField = oneOf(...echoForms);

const clientId = '[a-z][a-z0-9-]{0,39}';
/** As `clientOf` names callers. It names a role without its session, and without its path. */
const callerArn = String.raw`arn:aws[\w-]*:(?:sts::\d{12}:(?:assumed-role|federated-user)\/[\w+=,.@-]{1,64}|iam::\d{12}:(?:root|user\/[\w+=,.@\/-]{1,640}))`;
const clientName = new RegExp(`^(?:${clientId}|${callerArn})$`);

export const clientField = textMatching(
  'the id of a client, or as `pcr commands` prints it arn:aws:sts::<account>:assumed-role/<role> or arn:aws:iam::<account>:user/<user>',
  (text) => clientName.test(text),
);

const pointerAllowed =
  'a JSON Pointer into the record, such as /Customer/Contacts/*/Email, of up to 512 characters and 24 steps';

export const redactField = textMatching(
  `${pointerAllowed}, or a profile: ${profiles.join(', ')}`,
  (text) => isProfile(text) || isPointer(text),
);

export const onlyField = textMatching(pointerAllowed, isPointer);

/**
 * These limits bound the processor time that redacting a message takes by its size:
 * docs/webhooks.md#what-a-message-contains. `npm run bench -- messageCost` measures it.
 */
export const redactLimits = { members: 64, characters: 512, steps: 24 };

function isPointer(text: string): boolean {
  const { characters, steps } = redactLimits;
  if (!/^(?:\/(?:[^~/]|~[01])+)+$/.test(text)) return false;
  return text.length <= characters && text.split('/').length - 1 <= steps;
}

/** Headers of HTTP itself or of the message. A custom value would break or forge them. */
const reservedHeader =
  /^(?:host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|webhook-.*)$/i;

const mostHeaders = 20;

export const headersField = guarded(
  `up to ${mostHeaders} headers of printable ASCII, up to 1024 characters each; never host, content-*, webhook-* and those of the connection`,
  (value): value is Readonly<Record<string, string>> => isJsonObject(value) && refusedHeaders(value) === '',
);

/**
 * Describes what is not allowed, by the names of headers. Returns '' if all headers are allowed. A
 * header with an invalid name is given by its position, since the name may be a credential.
 */
export function refusedHeaders(given: Json): string {
  if (!isJsonObject(given)) return 'not an object of names and values';
  const entries = Object.entries(given);
  if (entries.length > mostHeaders) return `${entries.length} headers`;
  const names = entries.map(([name]) => name.toLowerCase());
  return entries
    .flatMap(([name, text], index) => {
      if (!headerName.test(name)) return `number ${index + 1}`;
      const isRepeated = names.indexOf(name.toLowerCase()) < index;
      return isRepeated || !isHeader(name, text) ? name : [];
    })
    .join(', ');
}

const headerName = /^[\w!#$%&'*+.^`|~-]{1,64}$/;

function isHeader(name: string, text: Json): boolean {
  if (reservedHeader.test(name)) return false;
  return typeof text === 'string' && /^[\x20-\x7e]{0,1024}$/.test(text);
}

import type { Json } from './json.ts';
import { ServiceError } from './service-error.ts';

/** Returns undefined if the text is not valid JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/**
 * @throws ServiceError `event.malformed` if the text is not valid JSON. The error does not repeat
 *   the text.
 */
export function parseJsonText(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (cause) {
    const details = { path: '', expected: 'JSON', actual: `${text.length} characters that are not JSON` };
    throw new ServiceError('event.malformed', details, { cause });
  }
}

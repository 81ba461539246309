import type { Json } from './json.ts';
import { never, ServiceError } from './service-error.ts';

/** Undefined where a text is no JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** @throws ServiceError `event.malformed` at the root where a text is no JSON. The text itself is not repeated. */
export function parseJsonText(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (cause) {
    const details = { path: '', expected: 'JSON', actual: `${text.length} characters that are none` };
    throw new ServiceError('event.malformed', details, { retry: never, cause });
  }
}

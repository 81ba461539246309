import { tryParseJson } from '../../../lambdas/core/json-text.ts';

/**
 * Returns every text in the body of a parked message, also in a text that is itself JSON: queues
 * and functions wrap events so. A malformed body is cut at its quotes. Without recursion, because
 * bodies that nest too deeply are parked as well.
 */
export function textsOfBody(body: string): readonly string[] {
  const found: string[] = [];
  const open: unknown[] = [tryParseJson(body) ?? [body, ...body.split('"')]];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      found.push(value);
      const inner = /^\s*[[{"]/.test(value) ? tryParseJson(value) : undefined;
      if (inner !== undefined) open.push(inner);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) open.push(name, member);
    }
  }
  return found;
}

/** Ids in a text, also in an ARN or in quotes: everything between these signs. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/[\s"'\\/,:;{}[\]()]+/);
}

import { parseInstant } from './instant.ts';

/**
 * Compares two date-times of AWS by all their digits: up to nine after the second. An `Instant`
 * keeps three. Returns undefined if one of them is not a date-time.
 */
export function compareTimestampTexts(one: string, other: string): number | undefined {
  const [a, b] = [nanosecondText(one), nanosecondText(other)];
  if (a === undefined || b === undefined) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The date-time with nine digits after the second: a text that sorts. */
function nanosecondText(text: string): string | undefined {
  const instant = parseInstant(text);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return instant && `${instant.slice(0, 19)}.${fraction.slice(0, 9).padEnd(9, '0')}`;
}

import type { Change } from './change.ts';
import { amountText, capitalized, oneLine, valueText, words } from './chat-text.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from './json.ts';
import { parsePointer, type Steps } from './pointer-selection.ts';
import { isTimestampPath } from './record-summary.ts';

/** A label and what stands beside it. */
export interface ChatLine {
  readonly label: string;
  readonly text: string;
}

export interface ChatChanges {
  readonly lines: readonly ChatLine[];
  /** How many changes are left out. */
  readonly more: number;
}

/** A message with more lines is not read, and Slack and Teams limit its size. */
const mostChanges = 10;

const mostLabelUnits = 80;

/**
 * The first changes in words. That AWS has written the record is no news.
 * @param payload the record after the changes, as far as the endpoint receives it
 * @param hasValues false if values are left out
 */
export function chatChangesOf(
  changes: readonly Change[],
  payload: JsonObject,
  hasValues: boolean,
): ChatChanges {
  const news = changes.filter(({ path }) => !isTimestampPath(path));
  const first = news.slice(0, mostChanges).map((change) => ({ change, steps: parsePointer(change.path) }));
  const short = first.map(({ steps }) => labelOf(steps));
  const lines = first.map(({ change, steps }, index) => {
    const label = short[index] ?? '';
    const isUnique = short.filter((each) => each === label).length === 1;
    return {
      label: oneLine(isUnique ? label : steps.map(stepText).join(' / '), mostLabelUnits),
      text: hasValues ? changeText(change, steps, payload) : 'changed',
    };
  });
  return { lines, more: news.length - first.length };
}

/**
 * `/LifeCycle/TargetCloseDate` is "Target close date", and `/Customer/Contacts/0/Email` is
 * "Contacts 1, email".
 */
function labelOf(steps: Steps): string {
  const position = steps.findLastIndex((step) => /^\d+$/.test(step));
  const list = steps[position - 1];
  const last = steps.length - 1;
  if (list === undefined) return capitalized(words(steps[last] ?? ''));
  const element = `${capitalized(words(list))} ${stepText(steps[position] ?? '')}`;
  return position === last ? element : `${element}, ${words(steps[last] ?? '')}`;
}

/** Positions count from 1 for people. */
function stepText(step: string): string {
  return /^\d+$/.test(step) ? String(Number(step) + 1) : words(step);
}

/** A redacted change has neither value. */
function changeText({ before, after }: Change, steps: Steps, payload: JsonObject): string {
  if (before === undefined && after === undefined) return 'changed';
  const currency = steps.at(-1) === 'Amount' ? currencyBeside(steps, payload) : undefined;
  const [from, to] = [before, after].map((value) => amountOrValue(value, currency));
  return `${from} → ${to}`;
}

function amountOrValue(value: Json | undefined, currency: string | undefined): string {
  const text = valueText(value);
  return currency !== undefined && value !== undefined ? amountText(text, oneLine(currency, 16)) : text;
}

function currencyBeside(steps: Steps, payload: JsonObject): string | undefined {
  const parent = steps
    .slice(0, -1)
    .reduce<Json | undefined>(
      (value, step) => (isJsonArray(value) ? value[Number(step)] : at(value, step)),
      payload,
    );
  return textAt(parent, 'CurrencyCode');
}

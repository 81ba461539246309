import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { parseNumber } from '../core/exact-number.ts';
import type { ItemKey } from '../core/tables.ts';

export type Attributes = Record<string, AttributeValue>;

export function toAttributes(item: Readonly<Record<string, unknown>>): Attributes {
  return marshall(item, { removeUndefinedValues: true });
}

/** Items may have been edited by hand: callers parse the result. */
export function fromAttributes(attributes: Attributes): Readonly<Record<string, unknown>> {
  return unmarshall(attributes, { wrapNumbers: parseNumber });
}

/** Returns the key of an item of any table. */
export function keyIn({ pk, sk }: Attributes): ItemKey {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' };
}

/**
 * Truncates a text to fit a key: DynamoDB accepts 1,024 bytes, and 200 characters have at most 800.
 */
export function keyText(text: string): string {
  // The cut may leave half a surrogate pair.
  return text.slice(0, 200).toWellFormed();
}

/**
 * Truncates a text that is copied out of a payload, so that no copy fills an item. The payload
 * keeps the whole text.
 */
export function copiedText<Text extends string | undefined>(text: Text): string | Text {
  return text === undefined ? text : text.slice(0, 2_000).toWellFormed();
}

/**
 * Runs a conditional write. Returns false if its condition did not hold; then nothing was written.
 */
export async function tryConditionalWrite(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Attributes = Record<string, AttributeValue>;

export function toAttributes(item: Readonly<Record<string, unknown>>): Attributes {
  return marshall(item, { removeUndefinedValues: true });
}

/** What a table holds is outside input too: whoever reads it parses it. */
export function fromAttributes(attributes: Attributes): Readonly<Record<string, unknown>> {
  // A number that somebody typed may have more digits than JavaScript holds; by itself the SDK would throw.
  return unmarshall(attributes, { wrapNumbers: Number });
}

/** The beginning of a text as a key: DynamoDB takes key values up to 1,024 bytes; 200 characters are at most 800. */
export function keyText(text: string): string {
  // A character of two units may be cut in half, and half a character is none.
  return text.slice(0, 200).toWellFormed();
}

/** Runs a conditional write: false where its condition did not hold, and nothing was written. */
export async function tryConditionalWrite(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

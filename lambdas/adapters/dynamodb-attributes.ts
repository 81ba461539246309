import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Attributes = Record<string, AttributeValue>;

export function toAttributes(item: Readonly<Record<string, unknown>>): Attributes {
  return marshall(item, { removeUndefinedValues: true });
}

/** What a table holds is outside input too: whoever reads it parses it. */
export function fromAttributes(attributes: Attributes): Readonly<Record<string, unknown>> {
  return unmarshall(attributes);
}

/** Runs a conditional write: false where its condition did not hold, and nothing was written. */
export async function ifConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

import { ExactNumber } from '../core/exact-number.ts';
import { toAttributes } from './dynamodb-attributes.ts';

/** From this number on, a revision and the next one are the same JavaScript number. */
const lastRevision = Number.MAX_SAFE_INTEGER - 1;

/** Returns 0 if there is no valid revision. A fraction, from an edit by hand, is rounded down. */
export function parseRevision(value: unknown): number {
  const number = value instanceof ExactNumber ? Number(String(value)) : value;
  return typeof number === 'number' && number >= 1 && number <= lastRevision ? Math.floor(number) : 0;
}

/** Revision 0 stands for a missing row and for a row whose revision is not a valid number. */
export function ifRevisionIs(revision: number) {
  if (revision > 0)
    return {
      // Equal, unless the stored number is a fraction.
      ConditionExpression: 'revision >= :revision AND revision < :next',
      ExpressionAttributeValues: toAttributes({ ':revision': revision, ':next': revision + 1 }),
    };
  const isMissing = 'attribute_not_exists(revision)';
  const isNoNumber = 'NOT attribute_type(revision, :number)';
  const isOutOfRange = 'revision < :first OR revision > :last';
  return {
    ConditionExpression: [isMissing, isNoNumber, isOutOfRange].join(' OR '),
    ExpressionAttributeValues: toAttributes({ ':number': 'N', ':first': 1, ':last': lastRevision }),
  };
}

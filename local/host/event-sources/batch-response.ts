import * as v from 'valibot';

const responseSchema = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() }))),
  }),
);

/**
 * The ids of the batch items that a function reports as failed (ReportBatchItemFailures). Without a
 * list, or with an empty one, all items succeeded. A malformed list or an unknown id fails the
 * whole batch. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedItemIds(response: unknown, identifiers: readonly string[]): readonly string[] {
  const parsed = v.safeParse(responseSchema, response);
  if (!parsed.success) return typeof response === 'object' ? identifiers : [];
  const failed = (parsed.output?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((identifier) => identifiers.includes(identifier)) ? failed : identifiers;
}

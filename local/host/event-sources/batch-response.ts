import * as v from 'valibot';

const responseSchema = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() }))),
  }),
);

/**
 * The items of a batch that a function reports as failed (ReportBatchItemFailures).
 * No list and an empty list mean success; a malformed list or an identifier that is not of this batch fails all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedItems(response: unknown, identifiers: readonly string[]): readonly string[] {
  const parsed = v.safeParse(responseSchema, response);
  if (!parsed.success) return typeof response === 'object' ? identifiers : [];
  const failed = (parsed.output?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((identifier) => identifiers.includes(identifier)) ? failed : identifiers;
}

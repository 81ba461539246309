import { InvalidArgumentError } from 'commander';
import { type DeliveryStatus, deliveryStatuses } from '../../../lambdas/core/delivery.ts';
import { type DeliveryId, isDeliveryId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, type RecordKey, recordKinds } from '../../../lambdas/core/record.ts';
import { guarded, oneOf } from '../../../lambdas/core/value-schema.ts';
import { UsageError } from '../errors.ts';
import { optionValue } from '../values.ts';

/**
 * `<catalog>/<kind>/<id>`, or the id of an opportunity, an invitation or an engagement in catalog
 * AWS. Returns undefined for any other text.
 */
export function recordIn(text: string): RecordKey | undefined {
  return parseRecordPath(text) ?? parseRecordPath(`AWS/${kindOfId(text)}/${text}`);
}

export function recordValue(text: string): RecordKey {
  const key = recordIn(text);
  if (key) return key;
  throw new InvalidArgumentError(
    `Allowed: <catalog>/<kind>/<id>, the kind one of ${recordKinds.join(', ')}; or an id of catalog AWS, such as O1234567.`,
  );
}

function kindOfId(id: string): string {
  if (/^O\d+$/.test(id)) return 'opportunity';
  if (/^engi-\w+$/.test(id)) return 'engagement-invitation';
  return /^eng-\w+$/.test(id) ? 'engagement' : '';
}

const deliveryIdValue = optionValue(
  guarded('dlv_ and 32 hexadecimal digits; see `pcr deliveries list`', isDeliveryId),
);

/** For an argument that may be given several times. */
export function deliveryIdValues(text: string, before: readonly DeliveryId[] = []): readonly DeliveryId[] {
  return [...before, deliveryIdValue(text)];
}

const statusValue = optionValue(oneOf(...deliveryStatuses));

/** For an option that may be given several times. */
export function statusValues(
  text: string,
  before: readonly DeliveryStatus[] = [],
): readonly DeliveryStatus[] {
  return [...before, statusValue(text)];
}

/** @throws UsageError */
export function assertTimeOrder({
  since,
  until,
}: {
  since?: Instant | undefined;
  until?: Instant | undefined;
}): void {
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError(
      `--until ${until} is before --since ${since}. Allowed: the same time or a later one.`,
    );
}

import type { Command } from 'commander';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { endpointIdValue, instantValue } from '../values.ts';
import { assertTimeOrder, recordValue, statusValues } from './delivery-values.ts';
import type { DeliverySelection } from './find-deliveries.ts';

/** Options that select deliveries. */
export interface SelectionOptions extends JsonOption, Omit<DeliverySelection, 'endpointId' | 'statuses'> {
  readonly endpoint?: EndpointId;
  readonly status?: DeliverySelection['statuses'];
}

export function addSelectionOptions(command: Command, io: Io): Command {
  const instant = instantValue(io.clock);
  return command
    .option('--endpoint-id, --endpoint <id>', 'deliveries to this endpoint, e.g. ep_crm', endpointIdValue)
    .option('--status <status>', 'in this status; may be repeated', statusValues)
    .option('--record <record>', 'of this record, e.g. O1234567 or AWS/engagement/eng-…', recordValue)
    .option('--since <time>', 'added since then: 90m, 2d, 2026-03-01, 2026-03-01T10:00:00Z', instant)
    .option('--until <time>', 'added until then', instant)
    .addOption(jsonOption());
}

/** @throws UsageError */
export function selectionOf({ endpoint, status, record, since, until }: SelectionOptions): DeliverySelection {
  assertTimeOrder({ since, until });
  return { endpointId: endpoint, statuses: status, record, since, until };
}

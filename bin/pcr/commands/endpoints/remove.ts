import type { Command } from 'commander';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { unfinishedDeliveries } from '../../endpoints/cancel-deliveries.ts';
import { findOrphanedSecret } from '../../endpoints/endpoint-secret.ts';
import { lookUpEndpoint, missingEndpoint } from '../../endpoints/find-endpoint.ts';
import { removalReason, removeDisabled } from '../../endpoints/remove-disabled.ts';
import { examples, withEndpointId } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { counted, printDone } from '../../output.ts';

interface RemoveOptions extends JsonOption {
  readonly yes?: boolean;
}

/** `pcr endpoints remove` */
export function addRemoveCommand(group: Command, io: Io): void {
  withEndpointId(group.command('remove'))
    .description('Removes an endpoint, cancels its waiting deliveries and prints their ids.')
    .option('--yes', 'do not ask, even if deliveries wait')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints remove ep_crm', 'pcr endpoints remove ep_crm --yes'))
    .action((id: EndpointId, options: RemoveOptions) => removeEndpoint(id, options, io));
}

/**
 * Disables the endpoint first, so that nothing is being sent while its deliveries are cancelled.
 * Safe to repeat after an interruption.
 */
async function removeEndpoint(id: EndpointId, { yes = false, json }: RemoveOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const exists = (await lookUpEndpoint(id, relay)) !== undefined;
  const waiting = yes && exists ? [] : await unfinishedDeliveries(id, relay);
  // An interrupted removal may have left deliveries or a secret behind.
  if (!exists && waiting.length === 0 && !(await findOrphanedSecret(id, relay)))
    throw await missingEndpoint(id, relay);
  const many = counted(waiting.length, 'delivery waits', 'deliveries wait');
  const question =
    waiting.length > 0 ? `${many} for ${id}. Remove it, and cancel them?` : `Remove the endpoint ${id}?`;
  await assertConfirmed(question, { yes }, io);
  if (exists) await relay.endpoints.disable(id, removalReason, instantOf(io.clock.nowMs()));
  const cancelled = await removeDisabled(id, relay, json ? { ...io, print: io.note } : io);
  const done = exists ? `Removed ${id}.` : `Removed what was left of ${id}.`;
  printDone({ endpointId: id, cancelled }, done, { json }, io);
}

import type { Command } from 'commander';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';

interface DisableOptions {
  readonly reason: string;
}

/** `pcr endpoints disable` */
export function addDisableCommand(group: Command, io: Io): void {
  withEndpointId(group.command('disable'))
    .description('Sends nothing to an endpoint until it is enabled. Its messages are held for 30 days.')
    .option('--reason <text>', 'for your colleagues', 'disabled by an operator')
    .addHelpText('after', examples("pcr endpoints disable ep_crm --reason 'CRM moves on Monday'"))
    .action((id: EndpointId, options: DisableOptions) => disableEndpoint(id, options, io));
}

async function disableEndpoint(id: EndpointId, { reason }: DisableOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { disabled } = await findEndpoint(id, relay);
  if (disabled) return io.print(`${id} is disabled since ${disabled.at}: ${disabled.reason}`);
  await relay.endpoints.disable(id, reason, instantOf(io.clock.nowMs()));
  io.print(`Disabled ${id}. Its messages are held for 30 days; \`pcr endpoints enable ${id}\` sends them.`);
}

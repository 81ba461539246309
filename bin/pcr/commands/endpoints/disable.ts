import type { Command } from 'commander';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';

interface DisableOptions extends JsonOption {
  readonly reason: string;
}

/** `pcr endpoints disable` */
export function addDisableCommand(group: Command, io: Io): void {
  withEndpointId(group.command('disable'))
    .description('Sends nothing to an endpoint until it is enabled. Its messages are held for 30 days.')
    .option('--reason <text>', 'for your colleagues', 'disabled by an operator')
    .addOption(jsonOption())
    .addHelpText('after', examples("pcr endpoints disable ep_crm --reason 'CRM moves on Monday'"))
    .action((id: EndpointId, options: DisableOptions) => disableEndpoint(id, options, io));
}

async function disableEndpoint(id: EndpointId, options: DisableOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { disabled: before } = await findEndpoint(id, relay);
  const at = instantOf(io.clock.nowMs());
  const disabled = before ?? { at, reason: options.reason };
  if (!before) await relay.endpoints.disable(id, options.reason, at);
  const sentence = before
    ? `${id} is disabled since ${before.at}: ${before.reason}`
    : `Disabled ${id}. Its messages are held for 30 days; \`pcr endpoints enable ${id}\` sends them.`;
  printDone({ endpointId: id, disabled, changed: !before }, sentence, options, io);
}

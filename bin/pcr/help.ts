import type { Command } from 'commander';
import { clientIdValue, endpointIdValue } from './values.ts';

/** The examples at the end of the help of a command. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Adds the id of an endpoint as the first argument. */
export function withEndpointId(command: Command): Command {
  return command.argument('<endpoint>', 'its id, e.g. ep_crm', endpointIdValue);
}

/** Adds the id of a client as the first argument. */
export function withClientId(command: Command): Command {
  return command.argument('<client>', 'its id, e.g. crm', clientIdValue);
}

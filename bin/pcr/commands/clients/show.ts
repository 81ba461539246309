import type { Command } from 'commander';
import { endpointsOf, openCommandsOf } from '../../clients/client-commands.ts';
import { type ClientSecretState, clientSecretState } from '../../clients/client-secret.ts';
import { approvalText, printedClient, stateText, writableText } from '../../clients/client-text.ts';
import { findClient } from '../../clients/find-client.ts';
import { examples, withClientId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDetails } from '../../output.ts';

/** `pcr clients show` */
export function addShowCommand(group: Command, io: Io): void {
  withClientId(group.command('show'))
    .description(
      'A client with the state of its secret, its commands that have not ended, and its endpoints.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients show crm', 'pcr clients show crm --json'))
    .action((id: string, options: JsonOption) => showClient(id, options, io));
}

async function showClient(id: string, options: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  const client = await findClient(id, relay);
  const [open, endpoints, secret] = await Promise.all([
    openCommandsOf(id, relay),
    endpointsOf(id, relay),
    clientSecretState(id, relay),
  ]);
  const url = relay.outputs.get('SignedCommandsUrl');
  const commands = open.map(({ id: commandId, status, reason }) => ({ id: commandId, status, reason }));
  const openText = commands.map((each) => `${each.id} (${each.reason ?? each.status})`).join(' ');
  printDetails(
    { ...printedClient(client), url, secret, openCommands: commands, endpoints },
    [
      ['client', id],
      ['description', client.description],
      ['state', stateText(client)],
      ['url', url ?? 'none: set relay:signedCommands'],
      ['actions', client.actions.join(' ')],
      ['catalogs', client.catalogs.join(' ')],
      ['writable', writableText(client)],
      ['never', client.never.join(' ') || undefined],
      ['requests per minute', client.requestsPerMinute],
      ['approval', approvalText(client)],
      ['secret', secretText(id, secret)],
      ['open commands', openText || 'none'],
      ['endpoints', endpoints.join(' ') || 'none'],
    ],
    options,
    io,
  );
}

function secretText(id: string, { currentSince, isRotating, problem }: ClientSecretState): string {
  if (problem !== undefined)
    return `${problem}: every request is refused. \`pcr clients rotate-secret ${id}\` creates another`;
  const rotation = isRotating ? '; the previous one is also valid until rotate-secret --finish' : '';
  return `since ${currentSince}${rotation}`;
}

import pMap from 'p-map';
import type { Client } from '../../../lambdas/core/client.ts';
import { epochMsOf, parseInstant } from '../../../lambdas/core/instant.ts';
import { dayMs } from '../../../lambdas/quota/ledger.ts';
import { clientSecretId, clientSecretState } from '../clients/client-secret.ts';
import { concurrency } from '../first-of.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { enabledOn } from '../sent-commands/command-deps.ts';
import type { Check, Finding } from './finding.ts';

type Found = readonly Omit<Finding, 'check'>[];

/** Clients that sign commands: whether their requests can be accepted at all. */
export const clientsWork: Check = {
  name: 'clients',
  async run({ relay, io }) {
    const { clients, unreadable } = await relay.commandClients.all();
    const ids = [...clients.map(({ id }) => id), ...unreadable];
    const [ofSecrets, ofActions, ofNames, { clientWarnings }] = await Promise.all([
      pMap(clients, (client) => secretFindings(client, relay, io.clock.nowMs()), { concurrency }),
      actionFindings(clients, relay),
      ownerFindings(ids, relay),
      // The schemas of the SDK take time to load.
      import('../clients/client-warnings.ts'),
    ]);
    const findings = [
      ...unreadable.map(unreadableFinding),
      ...clients.flatMap(disabledFindings),
      ...ofSecrets.flat(),
      ...ofActions,
      ...clients.flatMap(clientWarnings).map(warningFinding),
      ...doorFindings(clients, relay),
      ...ofNames,
    ];
    if (findings.length > 0) return findings;
    if (ids.length === 0) return [{ level: 'ok', found: 'There are no clients that sign commands.' }];
    return [{ level: 'ok', found: `${counted(ids.length, 'client')}, each enabled and with a secret.` }];
  },
};

function unreadableFinding(id: string): Found[number] {
  return {
    level: 'problem',
    found: `The client ${id} cannot be read: its requests are refused.`,
    advice: `Repair it with \`pcr clients update\`, or remove it: \`pcr clients remove ${id}\`.`,
  };
}

function disabledFindings({ id, disabled }: Client): Found {
  if (!disabled) return [];
  const found = `The client ${id} is disabled: its requests are refused.`;
  return [{ level: 'warning', found, advice: `When the cause is gone: \`pcr clients enable ${id}\`.` }];
}

async function secretFindings({ id }: Client, relay: Relay, nowMs: number): Promise<Found> {
  const { problem, currentSince, isRotating } = await clientSecretState(id, relay);
  if (problem !== undefined)
    return [
      {
        level: 'problem',
        found: `The client ${id} has no secret that can be used (${problem}): its requests are refused.`,
        advice: `Create one: \`pcr clients rotate-secret ${id}\`.`,
      },
    ];
  const since = parseInstant(currentSince);
  const isRecent = since !== undefined && nowMs - epochMsOf(since) < dayMs;
  if (!isRotating || isRecent) return [];
  return [
    {
      level: 'warning',
      found: `The secret of the client ${id} is being rotated since ${currentSince}: the old one is still valid.`,
      advice: `When the client signs with the new one: \`pcr clients rotate-secret ${id} --finish\`.`,
    },
  ];
}

/** The setting `relay:commands` limits every client. */
async function actionFindings(clients: readonly Client[], relay: Relay): Promise<Found> {
  if (clients.length === 0) return [];
  const enabled = await enabledOn(relay);
  const isEnabled = ({ actions, catalogs }: Client) =>
    enabled.some((each) =>
      catalogs.some((catalog) => actions.some((action) => each === `${catalog}:${action}`)),
    );
  return clients
    .filter((client) => !isEnabled(client))
    .map(({ id }) => ({
      level: 'warning',
      found: `Every action of the client ${id} is switched off: the stack enables ${enabled.join(', ') || 'none'}.`,
      advice: 'Deploy with an action of it in `relay:commands`, or change the client: `pcr clients update`.',
    }));
}

/** The setting `relay:signedCommands` adds the door that takes what they sign. */
function doorFindings(clients: readonly Client[], { outputs }: Pick<Relay, 'outputs'>): Found {
  if (clients.length === 0 || outputs.has('SignedCommandsUrl')) return [];
  return [
    {
      level: 'warning',
      found: `This stack has no signed door: ${counted(clients.length, 'client')} cannot send commands.`,
      advice: 'Deploy with `-c relay:signedCommands=yes`.',
    },
  ];
}

/** What `pcr clients add` and `update` have warned about. */
function warningFinding(found: string): Found[number] {
  return {
    level: 'warning',
    found,
    advice: 'Correct it with `pcr clients update`, which replaces a list as a whole.',
  };
}

/** An interrupted removal leaves a secret. */
async function ownerFindings(ids: readonly string[], relay: Relay): Promise<Found> {
  const prefix = clientSecretId('', relay);
  const names = await relay.secrets.listNames(prefix);
  return names
    .map((name) => name.slice(prefix.length))
    .filter((id) => !ids.includes(id))
    .map((id) => ({
      level: 'warning',
      found: `The secret ${prefix}${id} belongs to no client.`,
      advice: `Remove it: \`pcr clients remove ${id}\`.`,
    }));
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { endpointId, type OperatedWorld } from './operated-world.ts';
import type { TerminalOptions } from './terminal.ts';

/** What must be so that a printed command can succeed. */
export interface Scene {
  /** @default nothing */
  readonly before?: (world: OperatedWorld, command: string) => Promise<void>;
  /** @default 0 */
  readonly code?: number;
  /** @default yes, to a question */
  readonly types?: TerminalOptions['types'];
}

const ctrlC = '\u0003';

/** The first that matches, in this order: what ends all is last. */
const changes: readonly (readonly [RegExp, Scene])[] = [
  [/^pcr endpoints add /, { before: removeEndpoint }],
  [/^pcr endpoints (?:update .*--url-file|test ep_deals)/, { before: becomeChannel }],
  [/^pcr endpoints .*--finish$/, { before: rotate }],
  [/^pcr endpoints enable /, { before: disable }],
  [/^pcr endpoints (?:disable|remove|rotate-secret|update|test|apply) /, { before: reset }],
  [/^pcr clients add /, { before: removeClient }],
  [/^pcr clients .*--finish$/, { before: rotateClient }],
  [/^pcr clients (?:enable|disable|remove|rotate-secret|update) /, { before: resetClient }],
  [/^pcr deliveries retry /, { before: exhaust }],
  [/^pcr replay --resume/, { before: replayOnce }],
  [/^pcr replay /, { before: exhaust }],
  [/^pcr listen /, { before: reset, types: [[/Ctrl-C[^]*\n/, ctrlC]] }],
  [/^pcr console /, { types: [[/Ctrl-C[^]*\n/, ctrlC]] }],
  [/^pcr trigger /, { before: reset }],
  [/^pcr trace /, { before: nameEvent }],
  [/^pcr export resume /, { before: exportOnce }],
  [/^pcr export /, { before: removeExports }],
  [/^pcr (?:backfill|reconcile)/, {}],
  [/^pcr rows retry delivery#/, {}],
  // These rows are valid already.
  [/^pcr rows retry /, { before: sendCommand, code: 1 }],
  [/^pcr parked (?:show|drop|redrive) /, { before: parkMessages }],
  [/^pcr commands (?:send|pause|resume|show deal)/, {}],
  [/^pcr commands (?:show (?!deal)|approve |cancel )/, { before: sendCommand }],
  [/^pcr erase /, {}],
  [/^pcr uninstall/, {}],
];

export function isReading(command: string): boolean {
  return changes.every(([pattern]) => !pattern.test(command));
}

export function inOrder(commands: readonly string[]): readonly string[] {
  return commands.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function placeOf(command: string): number {
  return changes.findIndex(([pattern]) => pattern.test(command));
}

export function sceneOf(command: string): Scene {
  return changes.find(([pattern]) => pattern.test(command))?.[1] ?? {};
}

/** A sentence names a command without what it needs: "what `pcr endpoints show` prints". */
export function isName(command: string): boolean {
  return /^pcr(?: --stack \w+|(?: [a-z-]+){1,2})$/.test(command) && !runsAlone.test(command);
}

const runsAlone = /^pcr (?:backfill|doctor|quota|reconcile|uninstall|(?!export )\w+ (?:list|pause|resume))$/;

function reset({ resetEndpoint }: OperatedWorld): Promise<void> {
  return resetEndpoint(endpointId);
}

async function rotate({ resetEndpoint, run }: OperatedWorld): Promise<void> {
  await resetEndpoint(endpointId);
  await run(`pcr endpoints rotate-secret ${endpointId}`);
}

async function disable({ resetEndpoint, run }: OperatedWorld): Promise<void> {
  await resetEndpoint(endpointId);
  await run(`pcr endpoints disable ${endpointId} --reason 'a test'`);
}

/** The secret may be left of an earlier one. */
async function removeClient({ pcr }: OperatedWorld, command: string): Promise<void> {
  await pcr('clients', 'remove', clientIn(command), '--yes');
}

async function resetClient(world: OperatedWorld, command: string): Promise<void> {
  const id = clientIn(command);
  await removeClient(world, command);
  await world.pcr('clients', 'add', '--id', id, '--action', 'opportunity.update', '--catalog', 'AWS');
}

async function rotateClient(world: OperatedWorld, command: string): Promise<void> {
  await resetClient(world, command);
  await world.pcr('clients', 'rotate-secret', clientIn(command));
}

function clientIn(command: string): string {
  const [, id = ''] = /--id (\S+)/.exec(command) ?? /^pcr clients [a-z-]+ (\S+)/.exec(command) ?? [];
  return id;
}

async function becomeChannel({ resetChannel }: OperatedWorld, command: string): Promise<void> {
  await resetChannel(command.includes('ep_deals') ? 'ep_deals' : endpointId);
}

async function removeEndpoint({ access }: OperatedWorld, command: string): Promise<void> {
  const [, id = endpointId] = /--id (\S+)/.exec(command) ?? [];
  const Key = { pk: { S: 'endpoint' }, sk: { S: id } };
  await access.dynamodb.send(new DeleteItemCommand({ TableName: access.tables.webhooks, Key }));
}

const delivery = 'dlv_0123456789abcdef0123456789abcdef';

/** The event and the message of the delivery. A parked message has an id of the same form. */
async function nameEvent({ pcr, ids }: OperatedWorld): Promise<void> {
  const { out } = await pcr('deliveries', 'show', ids.get(delivery) ?? '', '--json');
  const [, event = out] = /"correlationId": "([\w-]+)"/.exec(out) ?? [];
  ids.set('0a1b2c3d-0000-4000-8000-000000000000', event);
  ids.set('msg_0123456789abcdef0123456789abcdef', /msg_[0-9a-f]{32}/.exec(out)?.[0] ?? out);
}

async function exhaust({ access, ids, resetEndpoint }: OperatedWorld): Promise<void> {
  await resetEndpoint(endpointId);
  await access.dynamodb.send(
    new UpdateItemCommand({
      TableName: access.tables.webhooks,
      Key: { pk: { S: `delivery#${ids.get(delivery)}` }, sk: { S: 'delivery' } },
      UpdateExpression: 'SET #status = :exhausted',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':exhausted': { S: 'exhausted' } },
    }),
  );
}

async function replayOnce(world: OperatedWorld): Promise<void> {
  await exhaust(world);
  const { screen } = await world.run(`pcr replay --endpoint ${endpointId} --since 1h --yes`);
  world.ids.set('rpl_0123456789abcdef0123456789abcdef', /rpl_[0-9a-f]{32}/.exec(screen)?.[0] ?? screen);
}

/** A queue of each kind that `--queue` names, with a reason why messages are parked there. */
const parked: Readonly<Record<string, readonly [queue: string, code: string]>> = {
  opportunity: ['Hydration/Opportunities/Parked', 'partner-central.not-found'],
  invitation: ['Hydration/Invitations/Parked', 'partner-central.not-found'],
  engagement: ['Hydration/Engagements/Parked', 'partner-central.not-found'],
  quarantine: ['Quarantine/Events/Parked', 'event.malformed'],
  'fan-out': ['WebhookDelivery/FanOutDoorbell/Parked', 'message.malformed'],
  delivery: ['WebhookDelivery/DeliveryDoorbell/Parked', 'delivery.exhausted'],
  act: ['ActDoorbell/Parked', 'message.malformed'],
  kept: ['Quarantine/Kept', 'event.unhandled'],
};

/** In the queue that the command names, or else in all. */
async function parkMessages({ park, ids }: OperatedWorld, command: string): Promise<void> {
  const [, named] = /--queue (\S+)/.exec(command) ?? [];
  const body = JSON.stringify({ deliveryId: ids.get(delivery) });
  for (const [name, [queue, code]] of Object.entries(parked)) {
    if (named !== undefined && named !== name) continue;
    const id = await park(queue, body, code);
    ids.set('0a1b2c3d-0000-4000-8000-000000000000', id);
    ids.set('ID', id);
  }
}

async function removeExports({ folder }: OperatedWorld, command: string): Promise<void> {
  const [, out = 'export'] = /--out (\S+)/.exec(command) ?? [];
  rmSync(join(folder, out), { recursive: true, force: true });
}

async function exportOnce(world: OperatedWorld, command: string): Promise<void> {
  const [, out = ''] = /^pcr export resume (\S+)/.exec(command) ?? [];
  await removeExports(world, `--out ${out}`);
  await world.run(`pcr export deals --out ${out}`);
}

let keys = 0;

async function sendCommand({ run, ids }: OperatedWorld): Promise<void> {
  keys += 1;
  const { screen } = await run(`pcr commands send lost.json --key lost/${keys}`);
  ids.set('cmd_0123456789abcdef0123456789abcdef', /cmd_[0-9a-f]{32}/.exec(screen)?.[0] ?? screen);
}

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { apiUrlOn } from './api-url.ts';
import { untilTrue } from './checks.ts';
import type { Deployed } from './deployed.ts';
import { emulatorFolder } from './emulator-run.ts';
import { assertOpenRoutes } from './open-routes.ts';
import type { Pcr } from './pcr.ts';
import { type CallDoor, type SignedCall, signingClient } from './signing-client.ts';
import { until } from './until.ts';
import type { Run } from './use.ts';

const clientId = 'crm';
/** A slash in a key must pass through the route. */
const [firstKey, secondKey] = ['deal-1/first', 'deal-1/second'];
const otherSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

/** The client that the scene leaves in the stack. */
export interface SignedClient {
  readonly id: string;
  /** Reads the first command through the door of a stack. @returns e.g. `200 succeeded` */
  readonly readFirst: (deployed: Deployed) => Promise<string>;
}

/**
 * Adds a client with `pcr`, sends its signed commands through the deployed door, rotates its
 * secret, and waits until each command has succeeded with one write.
 * @throws Error naming what failed
 */
export async function useSignedDoor(run: Run, emulatorUrl: string, pcr: Pcr): Promise<SignedClient> {
  const { central, deployed, report } = run;
  await assertOpenRoutes(deployed, ['POST /commands', 'GET /commands/{key+}']);
  const doorOf = ({ output }: Deployed) =>
    signingClient(apiUrlOn(emulatorUrl, output('SignedCommandsUrl')), clientId);
  const call = doorOf(deployed);
  const target = central.partner.createOpportunity('AWS');
  await run.put(central.takeEmitted());
  await untilTrue(run, 120);
  const writtenBefore = central.partner.writes.effective.length;
  const secret = await createSecret(pcr, 'add', '--id', clientId, ...allowed);
  const first = { key: firstKey, secret, body: updateOf(target, 'Send the offer: 5 €') };
  await sendFirst(call, first);
  report(
    'A client of pcr clients add: its signed command is accepted once, and wrong signatures are refused',
  );
  const newSecret = await createSecret(pcr, 'rotate-secret', clientId);
  const second = { key: secondKey, secret: newSecret, body: updateOf(target, 'Call them') };
  await sendDuringRotation(call, second, secret);
  report('pcr clients rotate-secret: the door takes both secrets');
  await untilSucceeded(call, newSecret);
  await assertAnswer(call, first, '200 succeeded');
  const written = central.partner.writes.effective.slice(writtenBefore);
  const found = written.map(({ operation, id }) => `${operation} of ${id}`).join(', ');
  const update = `UpdateOpportunity of ${target}`;
  if (found !== `${update}, ${update}`) throw new Error(`The writes are ${found}; expected: two ${update}`);
  await run.put(central.takeEmitted());
  await untilTrue(run, 120);
  await assertListed(pcr);
  report('Both signed commands succeeded with one write each, and pcr commands list prints them');
  return {
    id: clientId,
    readFirst: async (stack) => (await doorOf(stack)({ key: firstKey, secret: newSecret })).summary,
  };
}

const allowed = ['--action', 'opportunity.update', '--catalog', 'AWS', '--writable', '/LifeCycle'];

function updateOf(target: string, nextSteps: string): string {
  const patch = { LifeCycle: { NextSteps: nextSteps } };
  return JSON.stringify({ action: 'opportunity.update', catalog: 'AWS', target, patch });
}

/** Runs a command of `pcr clients` that creates a secret. @returns the secret */
async function createSecret(pcr: Pcr, ...args: readonly string[]): Promise<string> {
  const file = join(emulatorFolder, 'client-secret.json');
  await rm(file, { force: true });
  await pcr('clients', ...args, '--secrets-file', file);
  const schema = v.object({ [clientId]: v.object({ secret: v.string() }) });
  return v.parse(schema, JSON.parse(await readFile(file, 'utf8')))[clientId].secret;
}

async function sendFirst(call: CallDoor, first: SignedCall & { readonly body: string }): Promise<void> {
  const { key, secret, body } = first;
  await assertAnswer(call, { ...first, secret: otherSecret }, '401 unauthorized');
  await assertAnswer(call, { ...first, signedBody: body.replace('5 €', '4 €') }, '401 unauthorized');
  // Nothing of them is stored.
  await assertAnswer(call, { key, secret }, '404 not-found');
  const id = await assertAnswer(call, first, '202 accepted');
  for (const repeated of [first, { key, secret }]) {
    const answer = await call(repeated);
    if (!answer.summary.startsWith('200 ') || answer.id !== id)
      throw new Error(`After the command ${id} was accepted, the door answers ${JSON.stringify(answer)}.`);
  }
}

/** The door reads the secrets again for a bad signature, five seconds after the last time. */
async function sendDuringRotation(call: CallDoor, second: SignedCall, oldSecret: string): Promise<void> {
  await until('the door takes the new secret', 60, async () => {
    const { summary } = await call(second);
    return summary.startsWith('20') ? [] : [summary];
  });
  const { summary } = await call({ key: second.key, secret: oldSecret });
  if (!summary.startsWith('200 ')) throw new Error(`With the old secret the door answers ${summary}.`);
}

async function untilSucceeded(call: CallDoor, secret: string): Promise<void> {
  await until('both signed commands have succeeded', 180, async () => {
    const answers = await Promise.all([firstKey, secondKey].map((key) => call({ key, secret })));
    return answers.map(({ summary }) => summary).filter((summary) => summary !== '200 succeeded');
  });
}

/** @returns the id of the command */
async function assertAnswer(call: CallDoor, request: SignedCall, expected: string): Promise<string> {
  const { summary, id = 'none' } = await call(request);
  if (summary !== expected)
    throw new Error(`The door answers ${summary} for ${request.key}; expected: ${expected}`);
  return id;
}

async function assertListed(pcr: Pcr): Promise<void> {
  const list = await pcr('commands', 'list', '--client', clientId, '--status', 'succeeded');
  for (const key of [firstKey, secondKey])
    if (!list.includes(key)) throw new Error(`pcr commands list lacks ${key}:\n${list}`);
}

import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { deliverId } from '../../local/function-ids.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { readAllParkedMessages } from '../../local/observation.ts';
import { accessStage, registerEndpoint } from '../../local/stage-access.ts';
import { startDeployedStage } from './pcr/deployed-stage.ts';

/** What a new account of AWS may run at the same time. */
const workers = 10;
/** Enough that `deliver` could occupy every worker of the account. */
const opportunities = 40;
const invitations = 5;
const secret = `whsec_${randomBytes(32).toString('base64')}`;

/** Resolves when the condition holds. The timeout of the test ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(50);
}

/** Answers no request. */
async function startHangingReceiver() {
  const hanging = new Set<string>();
  const server = await startLoopbackServer((request) => {
    request.resume();
    hanging.add(request.url ?? '');
  });
  return { ...server, hanging };
}

it('an account of 10 workers with two endpoints that hang stores invitations and parks nothing', async () => {
  const printed: JsonObject[] = [];
  const linesOf = (service: string, message: string): readonly JsonObject[] =>
    printed.filter((line) => textAt(line, 'service') === service && textAt(line, 'message') === message);
  const onLine = (_: string, line: string): void => {
    const entry = tryParseJson(line);
    if (isJsonObject(entry)) printed.push(entry);
  };
  const deployed = await startDeployedStage(
    onLine,
    { 'relay:concurrency': String(workers) },
    {
      concurrency: workers,
      accountConcurrency: workers,
      // Ten times as long as in a deployment: an attempt lasts longer than the test.
      functionEnvironment: (functionId): Readonly<Record<string, string>> =>
        functionId === deliverId ? { TIME_SCALE: '10' } : {},
    },
  );
  const { stage, partner, carry } = deployed;
  const receiver = await startHangingReceiver();
  try {
    for (const id of ['ep_hangs1', 'ep_hangs2'] as const)
      await registerEndpoint(
        stage,
        { url: `${receiver.url}/${id.slice(3)}`, secret, timeoutSeconds: 30 },
        { id, topics: ['*'], catalogs: [] },
      );
    for (let index = 0; index < opportunities; index += 1) partner.createOpportunity('AWS');
    await carry();
    // Of 10 workers each endpoint has one slot: now every slot is taken.
    await until(() => linesOf('fan-out', 'version.fanned-out').length === opportunities);
    await until(() => receiver.hanging.size === 2);
    for (let index = 0; index < invitations; index += 1)
      partner.createInvitation('AWS', 'OpportunityInvitation');
    const ids = new Set((await carry()).map(({ id }) => id));
    const isOfInvitation = (line: JsonObject): boolean => ids.has(textAt(line, 'correlationId') ?? '');
    const fannedOut = () => linesOf('fan-out', 'version.fanned-out').filter(isOfInvitation);
    await until(() => fannedOut().length === invitations);
    // All of that happened during the first attempts at the endpoints that hang.
    const ended = linesOf('deliver', 'delivery.attempted').filter(({ outcome }) => outcome !== 'delivered');
    expect(ended).toEqual([]);
    expect(await readAllParkedMessages(accessStage(stage).sqs, stage)).toEqual([]);
  } finally {
    await receiver.stop();
    await deployed.stop();
  }
});

import { join } from 'node:path';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import type { BareWork } from './bare-calls.ts';
import { startDeliveryStage } from './delivery-stage.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import { createTables, startHydrateStage } from './hydrate-stage.ts';
import {
  leastRounds,
  type Measured,
  type Measurement,
  median,
  ratioOf,
  type Sides,
  spread,
} from './measurement.ts';
import { callsPerEvent, type RecordedCall, startRecorder } from './recorded-calls.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** One round of the functions, and the same calls for the loop that makes them by hand. */
interface Round {
  /** Processor time by function. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly work: BareWork;
}

const events = 400;
const messages = 300;

/**
 * Processor time of `hydrate` with its tables per event, divided by that of the same calls by hand:
 * one signed request over node:http for each call that the function makes.
 */
export const hydrateByHand: Measurement = {
  name: 'hydrateByHand',
  title: 'Processor time of hydrate, beside its calls by hand',
  bound: { atMost: 3.7 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    const folder = await temporaryFolder(cleanUps);
    const stage = await startHydrateStage(['records'], cleanUps);
    const dynamodb = await startRecorder(stage.urls.dynamodb);
    cleanUps.defer(dynamodb.stop);
    const partnerCentral = await startRecorder(stage.urls.partnerCentral);
    cleanUps.defer(partnerCentral.stop);
    const bundle = await bundleHandler('../lambdas/hydrate/opportunity-handler.ts', join(folder, 'real'));
    const urls = { dynamodb: dynamodb.url, partnerCentral: partnerCentral.url };
    const product = await stage.start(bundle, 'records', urls);
    const copy = await startDynamoDb('auto');
    cleanUps.defer(copy.stop);
    await createTables(copy.endpoint, ['records']);
    const ids = Array.from({ length: events }, () => stage.partner.createOpportunity('AWS', { events: 0 }));
    const play = async (): Promise<Round> => {
      const { cpuMs } = await product.runRound(stage.update(ids, events));
      const services = [
        { url: stage.urls.partnerCentral, service: 'partnercentral-selling', calls: partnerCentral.take() },
        { url: copy.endpoint, service: 'dynamodb', calls: dynamodb.take() },
      ];
      return { cpuMs: { hydrate: cpuMs }, work: { services, posts: undefined } };
    };
    report(`${events} events of as many opportunities in each round …`);
    return await compare(play, await bareCalls(folder, cleanUps), { each: 'event', count: events });
  },
};

/**
 * Processor time of `fan-out` and `deliver` with their tables per message, divided by that of the
 * same calls and the signed POST by hand.
 */
export const deliverByHand: Measurement = {
  name: 'deliverByHand',
  title: 'Processor time of fan-out and deliver, beside their calls by hand',
  bound: { atMost: 4.4 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    const folder = await temporaryFolder(cleanUps);
    const stage = await startDeliveryStage(folder, cleanUps);
    const copy = await startDeliveryStage(folder, cleanUps);
    const start = async (name: string) =>
      stage.start(await bundleHandler(`../lambdas/${name}/handler.ts`, join(folder, name)));
    const functions = { fanOut: await start('fan-out'), deliver: await start('deliver') };
    const play = async (): Promise<Round> => {
      const { fanOutMs, deliverMs, calls } = await stage.play(functions, messages);
      await copy.addVersions(messages);
      const services = [
        { url: copy.urls.dynamodb, service: 'dynamodb', calls: calls.dynamodb },
        { url: copy.urls.sqs, service: 'sqs', calls: calls.sqs },
      ];
      const ids = Array.from({ length: messages }, (_, index) => `msg_${index}`);
      const cpuMs = { 'fan-out': fanOutMs, deliver: deliverMs };
      return { cpuMs, work: { services, posts: { ...copy.posts, ids, atOnce: 10 } } };
    };
    report(`${messages} messages in each round …`);
    const floor = await bareCalls(folder, cleanUps, { NODE_EXTRA_CA_CERTS: copy.trusted });
    return await compare(play, floor, { each: 'message', count: messages });
  },
};

async function bareCalls(
  folder: string,
  cleanUps: AsyncDisposableStack,
  environment: Readonly<Record<string, string>> = {},
): Promise<FunctionProcess> {
  const bundle = await bundleHandler('./bare-calls.ts', join(folder, 'bare'));
  const started = await startFunctionProcess(bundle, environment);
  cleanUps.defer(() => started.stop());
  return started;
}

/** The functions go first in each round: their calls are made once more by hand. */
async function compare(
  play: () => Promise<Round>,
  byHand: FunctionProcess,
  { each, count }: { readonly each: string; readonly count: number },
): Promise<Measured> {
  const steps = new Map<string, number[]>();
  const sides = { product: new Array<number>(), baseline: new Array<number>() } satisfies Sides;
  let calls: readonly RecordedCall[] = [];
  for (let round = 0; round <= leastRounds; round += 1) {
    const { cpuMs, work } = await play();
    const bare = await byHand.runRound([work]);
    calls = work.services.flatMap((service) => service.calls);
    // The first round only warms up.
    if (round === 0) continue;
    const perStep = Object.entries(cpuMs).map(([step, ms]) => [step, (1_000 * ms) / count] as const);
    for (const [step, cpu] of perStep) steps.set(step, [...(steps.get(step) ?? []), cpu]);
    sides.product.push(perStep.reduce((sum, [, cpu]) => sum + cpu, 0));
    sides.baseline.push((1_000 * bare.cpuMs) / count);
  }
  return {
    ratio: ratioOf(sides),
    ours: `${median(sides.product).toFixed(0)} µs per ${each}`,
    floor: `${median(sides.baseline).toFixed(0)} µs: the same calls by hand`,
    details: [
      `processor time per ${each}, with tables`,
      ...[...steps].map(([step, cpu]) => `${step}: ${spread(cpu, 'µs', 0)}`),
      `the same calls by hand: ${spread(sides.baseline, 'µs', 0)}`,
      `calls per ${each}: ${callsPerEvent(calls, count)}`,
    ],
  };
}

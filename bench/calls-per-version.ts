import { setTimeout as sleep } from 'node:timers/promises';
import { localQuota } from '../local/deployment.ts';
import { synthesize } from '../local/synthesize.ts';
import { type Calls, type Counted, type CountedStage, startCountedStage } from './counted-stage.ts';
import { awsQuota, deployedSettings } from './deployed-settings.ts';
import { type Measurement, median } from './measurement.ts';
import { buildPipeline, pipelineFolder } from './pipeline-stage.ts';

/** Most calls of a delivered version: of one that comes alone, and of one in a burst. */
const mostAlone = 12;
const mostInBurst = 7;
/** A timer that is late loses permits of the quota, and costs that change another write. */
const mostMeanAlone = 12.5;

const opportunities = 40;
const bursts = 3;
/** Changes with early reads, at true speed: each takes several seconds. */
const earlyChanges = 5;
const earlyFolder = 'cdk.out/bench-calls';
/** The local stage grants more, so that bursts meet in every function. */
const { perSecond: awsReadsPerSecond } = awsQuota;
const alike = { folder: pipelineFolder, opportunities } as const;

/**
 * Calls of DynamoDB for each delivered version, as a share of the most that are allowed: for
 * changes of submitted opportunities one at a time, and in bursts. Each call counts as one,
 * whatever it reads or writes. The functions are warm, and have stored the versions before. There
 * are no early reads. Calls with the default settings are counted too, and have no bound.
 */
export const callsPerVersion: Measurement = {
  name: 'callsPerVersion',
  title: 'Calls of DynamoDB for a version',
  bound: { atMost: 1 },
  async run(report) {
    report('building the functions and synthesizing the stack');
    await buildPipeline();
    report(`${opportunities} changes, one at a time, with ${awsReadsPerSecond} reads a second`);
    const alone = await onStage({ ...alike, readsPerSecond: awsReadsPerSecond }, playOneByOne);
    report(`${bursts} bursts of ${opportunities} changes, with ${localQuota.perSecond} reads a second`);
    const inBursts = await onStage({ ...alike, readsPerSecond: localQuota.perSecond }, playBursts);
    report(`a burst of ${opportunities} changes, with ${awsReadsPerSecond} reads a second`);
    const paced = await onStage({ ...alike, readsPerSecond: awsReadsPerSecond }, countBurst);
    report(`${earlyChanges} changes, one at a time, with the settings of a deployment`);
    const early = await countEarly();
    const ofAlone = median(alone.map(callsEach));
    const meanAlone = callsEach(sumOf(alone));
    const ofBursts = callsEach(sumOf(inBursts));
    return {
      ratio: Math.max(ofAlone / mostAlone, meanAlone / mostMeanAlone, ofBursts / mostInBurst),
      ours: `${ofAlone.toFixed(1)} calls alone, ${ofBursts.toFixed(1)} in bursts, without early reads`,
      floor: `at most ${mostAlone} and ${mostInBurst} calls`,
      details: [
        'without early reads, except the last count',
        ...linesOf(
          `one at a time, median ${ofAlone.toFixed(2)} (at most ${mostAlone}), mean (at most ${mostMeanAlone})`,
          sumOf(alone),
        ),
        ...linesOf(`in bursts of ${opportunities}`, sumOf(inBursts)),
        ...linesOf(`without a bound: in a burst with ${awsReadsPerSecond} reads a second`, sumOf(paced)),
        ...linesOf('without a bound: one at a time, with early reads, as deployed', sumOf(early)),
      ],
    };
  },
};

/** @returns what was counted for each change or burst */
type Play = (stage: CountedStage, ids: readonly string[]) => Promise<Counted[]>;

type Setup = Parameters<typeof startCountedStage>[0] & { readonly opportunities: number };

async function onStage(setup: Setup, play: Play): Promise<Counted[]> {
  const stage = await startCountedStage(setup);
  try {
    const ids = Array.from({ length: setup.opportunities }, () => submitOpportunity(stage));
    await stage.play();
    // Functions that start read the names of solutions, for example.
    await countBurst(stage, ids);
    return await play(stage, ids);
  } finally {
    await stage.stop();
  }
}

function submitOpportunity({ partner }: CountedStage): string {
  const id = partner.createOpportunity('AWS');
  partner.submitOpportunity(id);
  return id;
}

const playOneByOne: Play = async (stage, ids) => {
  const counted: Counted[] = [];
  for (const id of ids) counted.push(...(await countBurst(stage, [id])));
  return counted;
};

/** At true speed, because what is early depends on the clock. */
async function countEarly(): Promise<Counted[]> {
  await synthesize({ folder: earlyFolder, settings: deployedSettings });
  const { readsPerSecond } = deployedSettings;
  const setup = { folder: earlyFolder, opportunities: earlyChanges, readsPerSecond, scale: 1 };
  return await onStage(setup, async (stage, ids) => {
    // A record that was read within the settling time is not read early.
    await sleep(1_000 * (deployedSettings.settleSeconds + 1));
    return await playOneByOne(stage, ids);
  });
}

const playBursts: Play = async (stage, ids) => {
  const counted: Counted[] = [];
  for (let burst = 0; burst < bursts; burst += 1) counted.push(...(await countBurst(stage, ids)));
  return counted;
};

const countBurst: Play = async (stage, ids) => {
  for (const id of ids) stage.partner.updateOpportunity(id);
  return [await stage.counted(stage.play)];
};

function sumOf(counted: readonly Counted[]): Counted {
  const calls = new Map<string, Map<string, number>>();
  for (const [name, operations] of counted.flatMap((each) => [...each.calls])) {
    const ofFunction = calls.get(name) ?? new Map<string, number>();
    for (const [operation, count] of operations)
      ofFunction.set(operation, (ofFunction.get(operation) ?? 0) + count);
    calls.set(name, ofFunction);
  }
  return { calls, delivered: counted.reduce((sum, { delivered }) => sum + delivered, 0) };
}

function callsEach({ calls, delivered }: Counted): number {
  return countOf(calls) / delivered;
}

function countOf(calls: Calls): number {
  return [...calls.values()].flatMap((each) => [...each.values()]).reduce((a, b) => a + b, 0);
}

/** By function, in the order of the work, and by operation. */
function linesOf(title: string, counted: Counted): string[] {
  const { calls, delivered } = counted;
  const lines = [...calls].map(([name, operations]) => {
    const each = [...operations].toSorted(([a], [b]) => a.localeCompare(b));
    return `  ${name}: ${each.map(([operation, count]) => `${operation} ${(count / delivered).toFixed(2)}`).join(', ')}`;
  });
  return [`${title}: ${callsEach(counted).toFixed(2)} calls for each of ${delivered} versions`, ...lines];
}

import { localQuota } from '../local/deployment.ts';
import { type Counted, type CountedStage, startCountedStage } from './counted-stage.ts';
import type { Measurement } from './measurement.ts';
import { buildPipeline } from './pipeline-stage.ts';

/** Most calls of a delivered version: of one that comes alone, and of one in a burst. */
const mostAlone = 12;
const mostInBurst = 7;

const opportunities = 40;
const bursts = 3;
/** AWS's quota. The local stage grants more, so that bursts meet in every function. */
const awsReadsPerSecond = 10;

/**
 * Calls of DynamoDB for each delivered version, as a share of the most that are allowed: for
 * changes of submitted opportunities one at a time, and in bursts. Each call counts as one,
 * whatever it reads or writes.
 */
export const callsPerVersion: Measurement = {
  name: 'callsPerVersion',
  bound: { atMost: 1 },
  async run(report) {
    report('building the functions and synthesizing the stack');
    await buildPipeline();
    report(`${opportunities} changes, one at a time, with ${awsReadsPerSecond} reads a second`);
    const alone = await onStage(awsReadsPerSecond, playOneByOne);
    report(`${bursts} bursts of ${opportunities} changes, with ${localQuota.perSecond} reads a second`);
    const burst = await onStage(localQuota.perSecond, playBursts);
    report(`a burst of ${opportunities} changes, with ${awsReadsPerSecond} reads a second`);
    const paced = await onStage(awsReadsPerSecond, playBurst);
    const [ofAlone, ofBurst] = [callsEach(alone), callsEach(burst)];
    return {
      ratio: Math.max(ofAlone / mostAlone, ofBurst / mostInBurst),
      ours: `${ofAlone.toFixed(1)} calls alone, ${ofBurst.toFixed(1)} in a burst`,
      floor: `at most ${mostAlone} and ${mostInBurst}`,
      details: [
        ...linesOf(`one at a time: ${ofAlone.toFixed(2)} calls`, alone),
        ...linesOf(`in bursts of ${opportunities}: ${ofBurst.toFixed(2)} calls`, burst),
        ...linesOf(
          `in a burst with ${awsReadsPerSecond} reads a second: ${callsEach(paced).toFixed(2)} calls, not bounded`,
          paced,
        ),
      ],
    };
  },
};

type Play = (stage: CountedStage, ids: readonly string[]) => Promise<void>;

async function onStage(readsPerSecond: number, play: Play): Promise<Counted> {
  const stage = await startCountedStage(readsPerSecond);
  try {
    const ids = Array.from({ length: opportunities }, () => submitOpportunity(stage));
    await stage.play();
    // Functions that start read the names of solutions, for example.
    await playBurst(stage, ids);
    return await stage.counted(() => play(stage, ids));
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
  for (const id of ids) {
    stage.partner.updateOpportunity(id);
    await stage.play();
  }
};

const playBurst: Play = async (stage, ids) => {
  for (const id of ids) stage.partner.updateOpportunity(id);
  await stage.play();
};

const playBursts: Play = async (stage, ids) => {
  for (let burst = 0; burst < bursts; burst += 1) await playBurst(stage, ids);
};

function callsEach({ calls, delivered }: Counted): number {
  return [...calls.values()].flatMap((each) => [...each.values()]).reduce((a, b) => a + b, 0) / delivered;
}

/** By function, in the order of the work, and by operation. */
function linesOf(title: string, { calls, delivered }: Counted): string[] {
  const lines = [...calls].map(([name, operations]) => {
    const each = [...operations].toSorted(([a], [b]) => a.localeCompare(b));
    return `  ${name}: ${each.map(([operation, count]) => `${operation} ${(count / delivered).toFixed(2)}`).join(', ')}`;
  });
  return [`${title} for each of ${delivered} versions`, ...lines];
}

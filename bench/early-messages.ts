import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../local/change-tracker.ts';
import { seededRandom } from '../local/partner-central/seeded-random.ts';
import { deployedSettings } from './deployed-settings.ts';
import { startTrueSpeedStage, type TrueSpeedStage } from './early-stage.ts';
import { type Measurement, median, timeText } from './measurement.ts';

const earlyChanges = 30;
/** Each takes several seconds. */
const settledChanges = 10;
const burst = 500;
const mostReadsPerChange = 2.2;
/** From an event to the 2xx of its message, with early reads. */
const mostMedianMs = 2_500;

/**
 * Milliseconds from an event to the 2xx of its message with early reads, divided by those without
 * them, one change at a time. Then a burst, with early reads: each change is a new opportunity that
 * is submitted, so a ripe read of it and its summary takes two reads. Both stages run at the
 * speed of a deployment, with the read quota of AWS.
 */
export const earlyMessages: Measurement = {
  name: 'earlyMessages',
  title: 'Time to a message with early reads, median',
  bound: { atMost: 0.28 },
  async run(report) {
    report('building the functions and synthesizing two stacks');
    const early = await startTrueSpeedStage(deployedSettings.earlyReadPercent);
    const settled = await startTrueSpeedStage(0);
    try {
      // Both at the same time, so that other load on the machine affects both.
      const [withEarly, without] = await Promise.all([
        timeChanges(early, earlyChanges),
        timeChanges(settled, settledChanges),
      ]);
      report(`one change at a time: ${latencies(withEarly)}; without early reads ${latencies(without)}`);
      if (median(withEarly) > mostMedianMs)
        throw new Error(`a median of ${timeText(median(withEarly))}, at most ${timeText(mostMedianMs)}`);
      const { reads, throttled } = await playBurst(early);
      const perChange = reads / burst;
      if (perChange > mostReadsPerChange || throttled > 0)
        throw new Error(`${perChange} reads for a change of a burst, ${throttled} throttled`);
      return {
        ratio: median(withEarly) / median(without),
        ours: `${timeText(median(withEarly))} with early reads`,
        floor: `${timeText(median(without))} without early reads`,
        details: [
          `from an event to 2xx, one change at a time: ${latencies(withEarly)}`,
          `without early reads: ${latencies(without)}`,
          `a burst of ${burst} changes of a record and its summary: ${perChange.toFixed(2)} reads for a change, at most ${mostReadsPerChange}; ${throttled} throttled`,
        ],
      };
    } finally {
      await Promise.all([early.stop(), settled.stop()]);
    }
  },
};

/** Changes one opportunity after the other, each at another moment within its second. */
async function timeChanges({ partner, ...stage }: TrueSpeedStage, howMany: number): Promise<number[]> {
  const random = seededRandom(1);
  const ids = Array.from({ length: howMany }, () => partner.createOpportunity('AWS'));
  for (const id of ids) partner.submitOpportunity(id);
  await stage.play();
  // A record that was read within the settling time is not read early.
  await sleep(1_000 * (deployedSettings.settleSeconds + 1));
  const times: number[] = [];
  for (const id of ids) {
    await sleep(1_000 * random());
    times.push(await stage.timeChange(() => partner.updateOpportunity(id)));
  }
  await stage.play();
  return times;
}

async function playBurst({ partner, ...stage }: TrueSpeedStage) {
  const before = { reads: stage.reads(), throttled: stage.throttled() };
  const ids = Array.from({ length: burst }, () => partner.createOpportunity('AWS'));
  for (const id of ids) partner.submitOpportunity(id);
  await stage.play();
  const received = stage.receivedRecords();
  const missing = ids.filter((id) => !received.has(`AWS/opportunity/${id}`));
  if (missing.length > 0)
    throw new Error(`no message came for ${missing.length} of ${burst} changes of a burst`);
  return { reads: stage.reads() - before.reads, throttled: stage.throttled() - before.throttled };
}

function latencies(times: readonly number[]): string {
  return `p50 ${timeText(median(times))}, p95 ${timeText(percentile(times, 0.95))} (${times.length} changes)`;
}

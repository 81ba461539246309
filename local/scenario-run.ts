import { localQuota } from './deployment.ts';
import { startLocalStage } from './local-stage.ts';
import type { Options } from './options.ts';
import type { PartnerEventEnvelope } from './partner-central/model/partner-events.ts';
import { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import { seededRandom } from './partner-central/seeded-random.ts';
import { startSimulator } from './partner-central/simulator-server.ts';
import { check } from './result.ts';
import { hydratedDetailTypes, type Run, type RunObserver } from './run.ts';
import { playScenario } from './scenario.ts';
import { judgeRun } from './verdict.ts';

/** Plays the seeded scenario: a simulated partner whose changes come as events, on the real rules, queues and bundles. */
export async function runScenario(options: Options, { lines, note, onEvents }: RunObserver): Promise<Run> {
  const bootedFromMs = performance.now();
  const random = seededRandom(options.seed);
  const emitted: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random,
    nowMs: Date.now,
    accountId: '111122223333',
    emit: (event) => emitted.push(event),
  });
  const simulator = await startSimulator({ partner, quota: localQuota });
  const local = await startLocalStage(options, simulator.url, lines);
  const bootMs = performance.now() - bootedFromMs;

  const toBeParked = new Map<string, string>();
  const eventIds: string[] = [];
  const startedAtMs = performance.now();
  const { readsPerBurstEvent, eventsPerSecond } = await playScenario(
    {
      partner,
      random,
      takeEmitted: () => emitted.splice(0),
      put: async (batch) => {
        for (const event of batch) {
          if (!hydratedDetailTypes.has(event['detail-type'])) toBeParked.set(event.id, 'event.unhandled');
        }
        await Promise.all(batch.map((event) => local.stage.bus.put(event)));
        eventIds.push(...batch.map(({ id }) => id));
        onEvents(eventIds.length);
      },
      mustBeParked: (eventId, code) => void toBeParked.set(eventId, code),
      waitUntilSettled: local.waitUntilSettled,
      throttle: simulator.throttleFor,
      failReceiver: (forMs) => local.receiver.fail(forMs),
      reads: () => simulator.reads(),
      note,
    },
    options.events,
  );
  await local.waitUntilSettled();
  const elapsedMs = Math.round(performance.now() - startedAtMs);

  const truth = partner.truth();
  const { result, checks } = await judgeRun(local, {
    eventIds,
    truth,
    toBeParked,
    reads: simulator.reads(),
    elapsedMs,
  });
  const measured: Run['measured'] = [
    ['boot', `${(bootMs / 1_000).toFixed(1)} s after the build, ${local.stage.engine}`],
    ['reads per event in the bursts', `${readsPerBurstEvent.toFixed(2)} (2.00 with one hydration per event)`],
    [
      'events per second, end to end',
      `${eventsPerSecond.toFixed(0)} while nothing fails (creations and bursts)`,
    ],
  ];
  const stop = async (): Promise<void> => {
    await local.stop();
    await simulator.stop();
  };
  const exceeded = simulator.quotaThrottled();
  const quota = check(
    'the read quota is never exceeded',
    exceeded > 0 ? [`${exceeded} reads were refused, with ${localQuota.perSecond} a second allowed`] : [],
  );
  return { local, result, checks: [...checks, quota], measured, stop };
}

import { playCommands } from './command-scenes.ts';
import { localQuota } from './deployment.ts';
import { reconcileId } from './function-ids.ts';
import { type LocalStage, startLocalStage } from './local-stage.ts';
import type { Options } from './options.ts';
import { createPartner } from './partner-central/create-partner.ts';
import { writePlainDeal } from './partner-central/model/deal-texts.ts';
import type { PartnerEventEnvelope } from './partner-central/model/partner-events.ts';
import type { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import { type Random, seededRandom } from './partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from './partner-central/simulator-server.ts';
import { type Check, check } from './result.ts';
import { hydratedDetailTypes, type ObservedRun, type RunObserver, type StagedRun } from './run.ts';
import { playScenario, type ScenarioFigures } from './scenario.ts';
import type { ScenarioWorld } from './scenario-world.ts';
import { withFaults } from './stage-controls.ts';
import { triggerOn } from './triggers/trigger-on.ts';

/**
 * Starts the stage for the seeded scenario: a simulated partner on the real rules, queues and
 * bundles.
 */
export async function stageScenario(options: Options, observer: RunObserver): Promise<StagedRun> {
  const startedAtMs = performance.now();
  const random = seededRandom(options.seed);
  const { partner, emitted } = createPartner(random, writePlainDeal);
  const simulator = await startSimulator({ partner, quota: localQuota });
  const local = await startLocalStage(options, simulator.url, observer.logs);
  const startMs = performance.now() - startedAtMs;
  return {
    local,
    play: async () => {
      const parts = { local, simulator, partner, random, emitted };
      const { figures, ...played } = await play(parts, options.events, observer);
      return { ...played, measured: measuredRows(startMs, local, figures) };
    },
    control: withFaults(
      { throttle: simulator.throttleFor, failReceiver: (forMs) => local.receiver.fail(forMs) },
      triggerOn({
        partner,
        stage: local.stage,
        carry: async () => {
          const carried = emitted.splice(0);
          await Promise.all(carried.map((event) => local.stage.bus.put(event)));
          return carried;
        },
      }),
    ),
    stop: async () => {
      await local.stop();
      await simulator.stop();
    },
  };
}

interface ScenarioParts {
  readonly local: LocalStage;
  readonly simulator: Simulator;
  readonly partner: SimulatedPartner;
  readonly random: Random;
  /** Events that the partner has emitted and that are not on the bus yet. */
  readonly emitted: PartnerEventEnvelope[];
}

async function play(
  { local, simulator, partner, random, emitted }: ScenarioParts,
  events: number,
  { note, onEvents }: RunObserver,
): Promise<Omit<ObservedRun, 'measured'> & { readonly figures: ScenarioFigures }> {
  const toBeParked = new Map<string, string>();
  const eventIds: string[] = [];
  const startedAtMs = performance.now();
  const world: ScenarioWorld = {
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
    expectParked: (eventId, code) => void toBeParked.set(eventId, code),
    waitUntilDrained: local.waitUntilDrained,
    throttle: simulator.throttleFor,
    failReceiver: (forMs) => local.receiver.fail(forMs),
    reconcile: () => local.stage.functions.get(reconcileId).invoke({ now: true }),
    reads: () => simulator.reads(),
    note,
  };
  const figures = await playScenario(world, events);
  await local.waitUntilDrained();
  const apiUrl = local.stage.httpApis.get('Commands/Api/Api').url;
  const commands = await playCommands({ ...world, apiUrl });
  await local.waitUntilDrained();
  return {
    figures,
    eventIds,
    truth: partner.truth(),
    toBeParked,
    reads: simulator.reads(),
    elapsedMs: Math.round(performance.now() - startedAtMs),
    checks: [checkQuota(simulator.quotaThrottled()), commands],
  };
}

function measuredRows(
  startMs: number,
  { stage }: LocalStage,
  { readsPerBurstEvent, eventsPerSecond }: ScenarioFigures,
): ObservedRun['measured'] {
  return [
    ['start of the stage', `${(startMs / 1_000).toFixed(1)} s after the build, with ${stage.engine}`],
    ['reads per event in the bursts', `${readsPerBurstEvent.toFixed(2)} (2.00 without coalescing)`],
    ['events per second, end to end', `${eventsPerSecond.toFixed(0)} while nothing fails`],
  ];
}

function checkQuota(refused: number): Check {
  const violation = `${refused} reads were refused: ${localQuota.perSecond} a second are allowed`;
  return check('promise 4, the quotas are never exceeded', refused > 0 ? [violation] : []);
}

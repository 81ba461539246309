import { deliverByHand, hydrateByHand } from './by-hand.ts';
import { callsPerVersion } from './calls-per-version.ts';
import { coldStart } from './cold-start.ts';
import { deliverThroughput } from './deliver-throughput.ts';
import { earlyMessages } from './early-messages.ts';
import { exportMemory } from './export-memory.ts';
import { costByEndpoints, costByRecords } from './growth.ts';
import { hydrateCpu } from './hydrate-cpu.ts';
import {
  duplicateVersions,
  eventsLost,
  latencyAt1,
  latencyAt10,
  latencyAt100,
  latencyOfBurst,
  latencyThrottled,
  readsRefused,
} from './latency.ts';
import { listPages } from './list-pages.ts';
import type { Measurement } from './measurement.ts';
import { messageCost } from './message-cost.ts';
import { pcrStart } from './pcr-start.ts';
import { pipelineMemory, pipelineScaling } from './pipeline.ts';
import { readsPerAction } from './reads-per-action.ts';
import { stageThroughput } from './stage-throughput.ts';
import { writeUnits } from './write-units.ts';

/** Each measurement compares the product with a baseline that is measured in the same run. */
export const measurements: readonly Measurement[] = [
  coldStart,
  pcrStart,
  hydrateCpu,
  messageCost,
  deliverThroughput,
  readsPerAction,
  latencyAt1,
  latencyAt10,
  latencyAt100,
  latencyOfBurst,
  latencyThrottled,
  eventsLost,
  duplicateVersions,
  readsRefused,
  writeUnits,
  costByRecords,
  costByEndpoints,
  listPages,
  exportMemory,
  earlyMessages,
  pipelineScaling,
  pipelineMemory,
  callsPerVersion,
  stageThroughput,
  hydrateByHand,
  deliverByHand,
];

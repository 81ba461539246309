import { outageFault } from '../chaos/call-faults.ts';
import type { CallFault, ProxiedCall } from '../chaos/fault-proxy.ts';
import { type Random, seededRandom } from '../partner-central/seeded-random.ts';
import type { TrackedStage } from '../tracked-stage.ts';

/** A fault that lasts a while, and then ends by itself. */
interface SoakFault {
  readonly name: string;
  readonly strike: (stage: TrackedStage, forMs: number) => void;
}

/** Share of the calls to DynamoDB that fail during an outage. The SDK repeats a failed call. */
const outageShare = 0.3;

/** Causes one fault after the other, always in the same order. */
export class SoakFaults {
  readonly #random: Random;
  #outageUntilMs = 0;
  #struck = 0;
  readonly #faults: readonly SoakFault[] = [
    { name: 'the receiver answers 503', strike: ({ receiver }, forMs) => receiver.fail(forMs) },
    { name: 'Partner Central throttles', strike: ({ simulator }, forMs) => simulator.throttleFor(forMs) },
    { name: 'one worker of every function ends', strike: endWorkers },
    {
      name: 'DynamoDB refuses calls',
      strike: (_, forMs) => {
        this.#outageUntilMs = Date.now() + forMs;
      },
    },
  ];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Number of faults so far. */
  get count(): number {
    return this.#struck;
  }

  /** Decides whether a call of a function fails. */
  faultOf({ service, operation }: ProxiedCall): CallFault | undefined {
    const isOut = service === 'DYNAMODB' && Date.now() < this.#outageUntilMs;
    return isOut && this.#random() < outageShare ? outageFault(service, operation, this.#random) : undefined;
  }

  /** @returns the name of the fault */
  strikeNext(stage: TrackedStage, forMs: number): string {
    const fault = this.#faults[this.#struck % this.#faults.length];
    this.#struck += 1;
    fault?.strike(stage, forMs);
    return fault?.name ?? '';
  }
}

function endWorkers({ stage }: TrackedStage): void {
  for (const host of stage.functions.all()) host.kill();
}

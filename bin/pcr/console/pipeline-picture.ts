import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { Relay } from '../relay.ts';
import type { PipelineView } from './api.ts';
import type { DealList } from './deal-list.ts';
import { type PipelineRequest, readPipeline } from './pipeline.ts';

/** A picture is drawn again after this time. */
const freshMs = 600_000;

type Drawn = Omit<PipelineView, 'read' | 'isComplete'>;

interface Drawing {
  readonly startedAtMs: number;
  /** Versions that were read so far. */
  read: number;
  isRunning: boolean;
  /** While it runs: the picture before. */
  result: Drawn | undefined;
  failure: unknown;
}

/** Draws pictures of the pipeline. While one is drawn, views show how far it is. */
export class PipelinePicture {
  readonly #deals: DealList;
  readonly #relay: Pick<Relay, 'clients' | 'output'>;
  readonly #clock: Clock;
  /** By the number of days. */
  readonly #drawings = new Map<number, Drawing>();

  constructor(deals: DealList, relay: Pick<Relay, 'clients' | 'output'>, clock: Clock) {
    this.#deals = deals;
    this.#relay = relay;
    this.#clock = clock;
  }

  /** @throws Error as DynamoDB answered; the next view tries again */
  view(request: PipelineRequest): PipelineView {
    const nowMs = this.#clock.nowMs();
    const before = this.#drawings.get(request.days);
    const isOld = before && !before.isRunning && nowMs - before.startedAtMs > freshMs;
    const drawing = before && !isOld ? before : this.#draw(request, before?.result, nowMs);
    const { read, result, isRunning, failure } = drawing;
    if (failure !== undefined) {
      this.#drawings.delete(request.days);
      throw failure;
    }
    return { read, isComplete: !isRunning, ...(result ?? { days: [], series: [], ageing: [] }) };
  }

  #draw(request: PipelineRequest, result: Drawn | undefined, nowMs: number): Drawing {
    const drawing: Drawing = { startedAtMs: nowMs, read: 0, isRunning: true, result, failure: undefined };
    this.#drawings.set(request.days, drawing);
    void this.#read(request, drawing);
    return drawing;
  }

  async #read(request: PipelineRequest, drawing: Drawing): Promise<void> {
    const onRead = (versions: number): void => void (drawing.read = versions);
    try {
      const deals = await this.#deals.complete();
      drawing.result = await readPipeline(request, deals, this.#relay, drawing.startedAtMs, onRead);
    } catch (error) {
      drawing.failure = error;
    }
    drawing.isRunning = false;
  }
}

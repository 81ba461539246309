import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { Relay } from '../relay.ts';
import type { PipelineView } from './api.ts';
import type { DealList } from './deal-list.ts';
import { type PipelineRequest, readPipeline } from './pipeline.ts';

/** A picture is drawn again after this time. */
const freshMs = 60_000;

type Drawn = Omit<PipelineView, 'read' | 'isComplete'>;

interface Drawing {
  readonly startedAtMs: number;
  /** Versions that were read so far. */
  read: number;
  result: Drawn | undefined;
  failure: unknown;
}

/** Draws pictures of the pipeline. While one is drawn, views show how far it is. */
export class PipelinePicture {
  readonly #deals: DealList;
  readonly #relay: Pick<Relay, 'clients' | 'output'>;
  readonly #clock: Clock;
  #drawing: Drawing | undefined;
  #last: Drawn = { days: [], series: [], ageing: [] };
  #days = 0;

  constructor(deals: DealList, relay: Pick<Relay, 'clients' | 'output'>, clock: Clock) {
    this.#deals = deals;
    this.#relay = relay;
    this.#clock = clock;
  }

  /** @throws Error as DynamoDB answered; the next view tries again */
  view(request: PipelineRequest): PipelineView {
    const nowMs = this.#clock.nowMs();
    const isOther = request.days !== this.#days;
    const isOld = this.#drawing?.result && nowMs - this.#drawing.startedAtMs > freshMs;
    if (!this.#drawing || isOther || isOld) this.#draw(request, isOther, nowMs);
    const { read = 0, result, failure } = this.#drawing ?? {};
    if (failure !== undefined) {
      this.#drawing = undefined;
      throw failure;
    }
    return { read, isComplete: result !== undefined, ...(result ?? this.#last) };
  }

  #draw(request: PipelineRequest, isOther: boolean, nowMs: number): void {
    if (isOther) this.#last = { days: [], series: [], ageing: [] };
    this.#days = request.days;
    const drawing: Drawing = { startedAtMs: nowMs, read: 0, result: undefined, failure: undefined };
    this.#drawing = drawing;
    void this.#read(request, drawing);
  }

  async #read(request: PipelineRequest, drawing: Drawing): Promise<void> {
    const onRead = (versions: number): void => void (drawing.read = versions);
    try {
      const deals = await this.#deals.complete();
      drawing.result = await readPipeline(request, deals, this.#relay, drawing.startedAtMs, onRead);
      this.#last = drawing.result;
    } catch (error) {
      drawing.failure = error;
    }
  }
}

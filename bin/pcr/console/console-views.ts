import { deployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { Activity } from './activity.ts';
import type { ActivityView, DealsView, PipelineView, QuotaView, StackView } from './api.ts';
import { DealList } from './deal-list.ts';
import type { DealFilter } from './deal-rows.ts';
import { KeptView } from './kept-view.ts';
import { viewEndpoints, viewParked, viewQuota } from './operations.ts';
import type { PipelineRequest } from './pipeline.ts';
import { PipelinePicture } from './pipeline-picture.ts';
import { VersionFeed } from './version-feed.ts';

/** What is kept of one catalog while the console runs. */
interface Catalog {
  readonly feed: VersionFeed;
  readonly deals: DealList;
  readonly activity: Activity;
  readonly pipeline: PipelinePicture;
}

/** A read makes the messages of a parked queue invisible for a moment. */
const parkedMs = 15_000;
const endpointsMs = 15_000;

/** Views that are kept in memory, so that an open page reads little. */
export class ConsoleViews {
  readonly #relay: Relay;
  readonly #io: Pick<Io, 'clock'>;
  readonly #catalogs = new Map<string, Catalog>();
  readonly #settings: KeptView<Awaited<ReturnType<typeof deployedSettings>>>;
  readonly endpoints: KeptView<Awaited<ReturnType<typeof viewEndpoints>>>;
  readonly parked: KeptView<Awaited<ReturnType<typeof viewParked>>>;

  constructor(relay: Relay, io: Pick<Io, 'clock'>) {
    const { clock } = io;
    this.#relay = relay;
    this.#io = io;
    // They change only by a deployment.
    this.#settings = new KeptView(() => deployedSettings(relay), Number.POSITIVE_INFINITY, clock);
    this.endpoints = new KeptView(() => viewEndpoints(relay, clock.nowMs()), endpointsMs, clock);
    this.parked = new KeptView(() => viewParked(relay), parkedMs, clock);
  }

  /** Reads what the first view needs, so that it is there when a browser asks. */
  async prepare(): Promise<void> {
    const { catalogs } = await this.#settings.view();
    const [catalog = 'AWS'] = catalogs;
    const { deals, feed } = this.#of(catalog);
    await Promise.all([deals.ready(), feed.look()]);
  }

  /** An action has changed something: the next views are read again. */
  forget(): void {
    this.endpoints.forget();
    this.parked.forget();
    for (const { activity } of this.#catalogs.values()) activity.forget();
  }

  async stack(): Promise<StackView> {
    const { stackName, region, stageDoor, outputs } = this.#relay;
    const { catalogs } = await this.#settings.view();
    return {
      stackName,
      region,
      isLocal: stageDoor !== undefined,
      catalogs,
      hasCommands: outputs.has('CommandsUrl'),
    };
  }

  async quota(): Promise<QuotaView> {
    return await viewQuota(await this.#settings.view(), this.#relay, this.#io);
  }

  async deals(catalog: string, filter: DealFilter): Promise<DealsView> {
    const { feed, deals } = this.#of(catalog);
    await deals.ready();
    await deals.update(await feed.look());
    return deals.view(filter);
  }

  async activity(catalog: string): Promise<ActivityView> {
    const { feed, deals, activity } = this.#of(catalog);
    await deals.update(await feed.look());
    return await activity.view(feed.newest);
  }

  pipeline(request: PipelineRequest): PipelineView {
    return this.#of(request.catalog).pipeline.view(request);
  }

  #of(catalog: string): Catalog {
    const found = this.#catalogs.get(catalog);
    if (found) return found;
    const { clock } = this.#io;
    const deals = new DealList(catalog, this.#relay, clock);
    const made = {
      feed: new VersionFeed(catalog, this.#relay, clock),
      deals,
      activity: new Activity({ ...this.#relay, clock }),
      pipeline: new PipelinePicture(deals, this.#relay, clock),
    };
    this.#catalogs.set(catalog, made);
    return made;
  }
}

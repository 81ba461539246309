import type { StartSchedule } from '../../host/eventbridge/scheduler.ts';

/** Schedules that fire when a drill plays a minute, not by timers. */
export class ManualSchedules {
  readonly #fires = new Map<string, () => Promise<void>>();
  readonly #disabled = new Set<string>();

  readonly start: StartSchedule = ({ id }, fire) => {
    this.#fires.set(id, fire);
    return {
      stop: async () => {
        this.#fires.delete(id);
      },
    };
  };

  /** @param id the short id of the schedule, or of a construct around it */
  disable(id: string): void {
    this.#disabled.add(this.#find(id));
  }

  enable(id: string): void {
    this.#disabled.delete(this.#find(id));
  }

  /** Fires each enabled schedule. Resolves when the invocations have ended. */
  async fire(): Promise<void> {
    const enabled = [...this.#fires].filter(([id]) => !this.#disabled.has(id));
    await Promise.all(enabled.map(([, fire]) => fire()));
  }

  /** @throws Error listing the schedules if there is none with this id */
  #find(id: string): string {
    const ids = [...this.#fires.keys()];
    const found = ids.find((each) => each === id || each.startsWith(`${id}/`));
    if (found !== undefined) return found;
    throw new Error(`There is no schedule ${id}. Schedules: ${ids.join(', ')}`);
  }
}

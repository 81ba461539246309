import { erase, type ParkedErasure } from '../../bin/pcr/erase/erase.ts';
import type { ErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import type { ParkedMessage } from '../observation.ts';
import type { Bus } from './bus.ts';
import type { CommandRun, Operator } from './operator.ts';
import type { Storage } from './storage.ts';

export interface ErasuresDeps {
  readonly storage: Storage;
  readonly bus: Bus;
  /** What is in the parked queues. */
  readonly parked: ParkedMessage[];
  readonly operator: Operator;
}

/** Erasures of opportunities and their AWS-side summaries, with `pcr erase`. */
export class Erasures {
  /** Paths of the records that were stored when they were erased. */
  readonly erased = new Set<string>();
  /** Paths of all records that were to be erased. Parked messages about them are removed. */
  readonly selected = new Set<string>();
  readonly #deps: ErasuresDeps;
  /** What each run that has not ended has found stored. */
  readonly #found = new Set<Set<string>>();

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
  }

  /** @param record an opportunity */
  erase(record: RecordKey): void {
    const keys: readonly RecordKey[] = [record, { ...record, kind: 'aws-opportunity-summary' }];
    for (const key of keys) this.selected.add(recordPath(key));
    this.#deps.operator.run(`pcr erase ${recordPath(record)}`, (run) => this.#run(record, keys, run));
  }

  /** A restore brings back what was erased: then the operator erases it again. */
  onRestored(record: RecordKey): void {
    const path = recordPath(record);
    if (!this.selected.has(path)) return;
    this.erased.delete(path);
    for (const found of this.#found) found.delete(path);
    this.erase(record);
  }

  async #run(
    record: RecordKey,
    keys: readonly RecordKey[],
    { environment, over }: CommandRun,
  ): Promise<void> {
    const { storage } = this.#deps;
    const found = new Set(keys.map(recordPath).filter((path) => storage.state(path) !== undefined));
    this.#found.add(found);
    environment.onEnd(() => this.#found.delete(found));
    await erase(
      { record },
      {
        records: over(storage.records, 'DynamoDB'),
        rows: over(this.#rows(found), 'DynamoDB'),
        deliveries: over(storage.deliveryLog, 'DynamoDB'),
        parked: over(this.#parkedErasure(), 'SQS'),
        clock: environment.clock,
      },
    );
    this.#found.delete(found);
    for (const path of found) this.erased.add(path);
  }

  /** What is stored when the versions are erased is seen by the read that follows. */
  #rows(found: Set<string>): ErasureRows {
    const { storage } = this.#deps;
    return {
      ...storage.erasureRows,
      async eraseVersions(key) {
        await storage.erasureRows.eraseVersions(key);
        const path = recordPath(key);
        if (storage.state(path)) found.add(path);
      },
    };
  }

  #parkedErasure(): ParkedErasure {
    const { parked, bus } = this.#deps;
    const selected = (isSelected: (body: string) => boolean): readonly ParkedMessage[] =>
      parked.filter(({ body }) => isSelected(body));
    return {
      count: async (isSelected) => ({ found: selected(isSelected).length, notSearched: 0 }),
      async drop(isSelected) {
        const dropped = selected(isSelected);
        for (const message of dropped) {
          parked.splice(parked.indexOf(message), 1);
          bus.notePurged(message.body);
        }
        return { found: dropped.length, notSearched: 0 };
      },
    };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import type { ChaosStage } from './chaos-stage.ts';
import type { History } from './history.ts';
import type { RowEdit } from './nemesis-generator.ts';
import { type AttributeEdit, chooseEdit, mendedKinds } from './row-edit.ts';
import { findRows, type Row } from './row-finder.ts';
import { retrySetAside, tryReplace } from './row-operator.ts';
import { rowName } from './row-reports.ts';

export interface RowFaultsDeps {
  readonly chaos: () => ChaosStage;
  readonly nowMs: () => number;
  readonly history: History;
  /** Whether a row is not edited, for example because its record is restored from a backup. */
  readonly isSpared: (key: ItemKey) => boolean;
  /** Whether a function has reported the row with this name since it was edited. */
  readonly isReported: (name: string) => boolean;
}

/** How long to wait until a worker meets an edit. */
const longestWaitMs = 4_000;
/** Workers that read the row before it was repaired have ended their work by then. */
const retryAfterMs = 500;

/**
 * Edits rows by hand: gives an attribute another type, or removes it. Mends what no function
 * repairs.
 */
export class RowFaults {
  /** How often each row was edited, by its name. */
  readonly edits = new Map<string, number>();
  readonly #deps: RowFaultsDeps;
  /** Names of the attributes that were edited, by the name of the row. */
  readonly #edited = new Map<string, Set<string>>();
  /** Names of the rows that have yet to be mended. */
  readonly #open = new Set<string>();

  constructor(deps: RowFaultsDeps) {
    this.#deps = deps;
  }

  async edit(planned: RowEdit): Promise<void> {
    const { chaos, nowMs, isSpared } = this.#deps;
    const rows = await findRows(planned.row, chaos(), nowMs());
    const possible = rows.filter(({ key }) => !isSpared(key) && !this.#open.has(rowName(key)));
    const row = possible[Math.floor(planned.which * possible.length)];
    const edit = row && (await this.#choose(row, planned));
    if (!edit) return;
    const name = rowName(row.key);
    const isMended = mendedKinds.has(planned.row);
    // Noted first: a function may report the row at once.
    this.edits.set(name, (this.edits.get(name) ?? 0) + 1);
    this.#edited.set(name, (this.#edited.get(name) ?? new Set()).add(edit.name));
    if (isMended) this.#open.add(name);
    const isEdited = await tryReplace(chaos().dynamodb, row, edit);
    if (isEdited) this.#note(row, `gave ${edit.name} of ${name} ${valueText(edit)}`);
    if (isEdited && isMended) await this.#mend(row, edit, planned.forMs);
    this.#open.delete(name);
  }

  /**
   * Retries every row that is set aside. Not while a row is invalid: what depends on it would be
   * set aside once more.
   * @returns the number of rows
   */
  async retry(): Promise<number> {
    const { chaos, nowMs } = this.#deps;
    if (this.#open.size > 0) return 0;
    const retried = await retrySetAside(chaos(), instantOf(nowMs()));
    for (const key of retried) this.#note({ key }, `retried ${rowName(key)}`);
    return retried.length;
  }

  async #choose({ table, key }: Row, planned: RowEdit): Promise<AttributeEdit | undefined> {
    const { chaos, nowMs } = this.#deps;
    const get = { TableName: table, Key: toAttributes(key), ConsistentRead: true };
    const { Item } = await chaos().dynamodb.send(new GetItemCommand(get));
    const edited = this.#edited.get(rowName(key)) ?? new Set<string>();
    return Item && chooseEdit(Item, planned, edited, instantOf(nowMs()));
  }

  /** Puts the value back, unless a function wrote another one. */
  async #mend(row: Row, edit: AttributeEdit, forMs: number): Promise<void> {
    const { chaos, isReported } = this.#deps;
    const startedAtMs = performance.now();
    while (!isReported(rowName(row.key)) && performance.now() < startedAtMs + longestWaitMs) await sleep(50);
    await sleep(forMs);
    const back = { name: edit.name, before: edit.after, after: edit.before };
    if (await tryReplace(chaos().dynamodb, row, back))
      this.#note(row, `put ${edit.name} of ${rowName(row.key)} back`);
    await sleep(retryAfterMs);
    this.#open.delete(rowName(row.key));
    await this.retry();
  }

  #note({ key }: Pick<Row, 'key'>, text: string): void {
    this.#deps.history.note([key.pk], `an operator ${text}`);
  }
}

function valueText({ after }: AttributeEdit): string {
  return after === undefined ? 'no value' : `a value of type ${Object.keys(after).join()}`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { at, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { passNames } from '../../lambdas/core/pass.ts';
import { reconcileId } from '../function-ids.ts';
import type { Stage } from '../host/stage.ts';

const catalogs = ['AWS', 'Sandbox'];
/** Real time that full passes may take, also on a busy machine. */
const timeoutMs = 60_000;
/** A paused pass is due again a little later. */
const retryMs = 500;

/** Runs a full reconciliation pass over every list of Partner Central. */
export class FullPasses {
  readonly #finished = new Set<string>();

  /** The caller passes every log line of every function. */
  readonly onLogLine = (line: string): void => {
    const entry = tryParseJson(line);
    if (textAt(entry, 'message') === 'pass.finished' && at(entry, 'full') === true)
      this.#finished.add(`${textAt(entry, 'catalog')} ${textAt(entry, 'pass')}`);
  };

  /** @returns the passes that did not finish in time */
  async run(stage: Stage): Promise<readonly string[]> {
    const all = catalogs.flatMap((catalog) => passNames.map((name) => `${catalog} ${name}`));
    const reconcile = stage.functions.get(reconcileId);
    const deadlineMs = performance.now() + timeoutMs;
    this.#finished.clear();
    await reconcile.invoke({ full: true });
    for (;;) {
      const open = all.filter((pass) => !this.#finished.has(pass));
      if (open.length === 0 || performance.now() > deadlineMs) return open.map((pass) => `full pass ${pass}`);
      await sleep(retryMs);
      await reconcile.invoke({});
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { at, textAt } from '../../lambdas/core/json.ts';
import { passNames } from '../../lambdas/core/pass.ts';
import type { Stage } from '../host/stage.ts';
import { parseJson } from './record-paths.ts';

const functionId = 'Reconciliation/Reconcile/Function';
const catalogs = ['AWS', 'Sandbox'];
/** Real time that full passes may take. */
const boundMs = 20_000;
/** A pass that could not go on is due again a little later. */
const askAgainMs = 500;

/** Has everything compared with Partner Central, and tells when that is done. */
export class FullPasses {
  readonly #finished = new Set<string>();

  /** To be told of every line of every function. */
  readonly line = (line: string): void => {
    const entry = parseJson(line);
    if (textAt(entry, 'message') === 'pass.finished' && at(entry, 'full') === true)
      this.#finished.add(`${textAt(entry, 'catalog')} ${textAt(entry, 'pass')}`);
  };

  /** @returns the passes that did not come to their end in time */
  async finish(stage: Stage): Promise<readonly string[]> {
    const all = catalogs.flatMap((catalog) => passNames.map((name) => `${catalog} ${name}`));
    const reconcile = stage.functions.get(functionId);
    const endsAtMs = performance.now() + boundMs;
    this.#finished.clear();
    await reconcile.invoke({ full: true });
    for (;;) {
      const open = all.filter((pass) => !this.#finished.has(pass));
      if (open.length === 0 || performance.now() > endsAtMs) return open.map((pass) => `full pass ${pass}`);
      await sleep(askAgainMs);
      await reconcile.invoke({});
    }
  }
}

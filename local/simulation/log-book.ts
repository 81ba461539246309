import type { Json } from '../../lambdas/core/json.ts';
import type { Log, LogFields } from '../../lambdas/ports/log.ts';
import type { Metrics } from '../../lambdas/ports/metrics.ts';
import type { Environment } from './environment.ts';
import type { Trace } from './trace.ts';

export interface LogBookDeps {
  readonly trace: Trace;
  /** Notified of each line: its text, and its content. */
  readonly onLine: (environment: Environment, text: string, entry: Json) => void;
}

/** Log lines and metrics of all workers. */
export class LogBook {
  /** How often each line was written, and each count was increased: which safeguards were met. */
  readonly counts = new Map<string, number>();
  readonly #deps: LogBookDeps;

  constructor(deps: LogBookDeps) {
    this.#deps = deps;
  }

  connect(environment: Environment): { readonly log: Log; readonly metrics: Metrics<string, string> } {
    const write = (event: string, fields: LogFields): void => {
      const { trace, onLine } = this.#deps;
      this.#add(event, 1);
      const text = JSON.stringify({ message: event, ...fields });
      trace.note(environment.name, `logs ${text}`);
      onLine(environment, text, { message: event, ...withoutUndefined(fields) });
    };
    return {
      log: { info: write, warn: write, error: write },
      metrics: {
        count: (name, howMany = 1) => this.#add(name, howMany),
        level: () => undefined,
      },
    };
  }

  #add(name: string, howMany: number): void {
    if (howMany > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + howMany);
  }
}

function withoutUndefined(fields: LogFields): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept;
}

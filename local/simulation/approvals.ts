import { findCommand } from '../../lambdas/commands/find-repeated.ts';
import { approveCommand, cancelCommand, type MarkCommandDeps } from '../../lambdas/commands/mark-command.ts';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { Permissions } from '../chaos/permissions.ts';
import type { SentCommand } from '../chaos/sent-command.ts';
import { between } from '../partner-central/seeded-random.ts';
import { definedClient } from './defined-client.ts';
import type { CommandRun, Operator } from './operator.ts';
import type { Randoms } from './randoms.ts';
import type { Scheduler } from './scheduler.ts';

export interface ApprovalsDeps {
  readonly scheduler: Scheduler;
  readonly randoms: Randoms;
  readonly operator: Operator;
  readonly portsOf: (run: CommandRun) => MarkCommandDeps;
}

const soonestMs = 100;
const latestMs = 3 * 60_000;

/** An operator who approves what the definition of a client makes wait, or cancels it. */
export class Approvals {
  /** What the definition of its client does not allow. */
  readonly #refused = new Map<string, SentCommand>();
  readonly #approvedFromMs = new Map<string, number>();
  /** Commands that no operator has decided on yet. */
  readonly #open = new Set<string>();
  readonly #decided = new Set<string>();
  readonly #deps: ApprovalsDeps;

  constructor(deps: ApprovalsDeps) {
    this.#deps = deps;
  }

  get permissions(): Permissions {
    return {
      clients: [definedClient],
      refused: [...this.#refused.values()],
      approvedFromMs: this.#approvedFromMs,
    };
  }

  get unfinished(): readonly string[] {
    return [...this.#open].map((key) => `the decision on ${key}`);
  }

  noteRefused(commands: readonly SentCommand[]): void {
    for (const command of commands) this.#refused.set(command.key, command);
  }

  /** Decides on an accepted command, once, if it waits for that. */
  decideLater({ client, action, key }: SentCommand): void {
    const { scheduler, randoms, operator } = this.#deps;
    if (client !== definedClient.id || !waitsForApproval(action) || this.#decided.has(key)) return;
    this.#decided.add(key);
    this.#open.add(key);
    const random = randoms('approvals');
    const isApproved = random() < 0.75;
    scheduler.after(between(random, soonestMs, latestMs), () => {
      this.#open.delete(key);
      const id = commandIdOf(client, key);
      if (isApproved) this.#approvedFromMs.set(id, scheduler.nowMs());
      operator.run(`pcr commands ${isApproved ? 'approve' : 'cancel'} ${key}`, async (run) => {
        const ports = this.#deps.portsOf(run);
        const command = await findCommand(id, ports);
        if (!command) throw new Error(`there is no command ${key}`);
        const mark = isApproved ? approveCommand : cancelCommand;
        await mark(command, instantOf(run.environment.clock.nowMs()), ports);
      });
    });
  }
}

function waitsForApproval(action: string): boolean {
  const { approval } = definedClient;
  return typeof approval !== 'string' && approval.some((each) => each === action);
}

import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Random } from '../../lambdas/ports/random.ts';
import { CommandError } from './errors.ts';
import type { Relay } from './relay.ts';

/** What a command has of the outside world. */
export interface Io {
  /** Standard output: results, and nothing else. Ends the line. */
  readonly print: (text: string) => void;
  /** Standard error: progress, warnings, questions. Ends the line. */
  readonly note: (text: string) => void;
  /** Whether a person sits in front of it: then questions are asked, and progress bars drawn. */
  readonly isTerminal: boolean;
  /** Asks for a yes; false without a terminal, after saying which option answers it. @param option @default '--yes' */
  readonly confirm: (question: string, option?: string) => Promise<boolean>;
  /** Begins to show how far long work has come: a bar in front of a person, else a line at its begin and its end. */
  readonly progress: (title: string, total: number) => Progress;
  /** The deployed stack, found once, when a command first needs it. */
  readonly relay: () => Promise<Relay>;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted at the first Ctrl-C or termination, from the moment when a command first asks for it. A second one ends the process. */
  readonly interrupted: () => AbortSignal;
}

export interface Progress {
  /** @param by @default 1 */
  advance(by?: number): void;
  /** What was counted first may turn out to be more or less. */
  of(total: number): void;
  end(): void;
}

/**
 * Goes on only after a yes, by `--yes` or from the person in front of it.
 * @throws CommandError after a no: the command ends, and has changed nothing
 */
export async function assertConfirmed(
  io: Pick<Io, 'confirm'>,
  question: string,
  { yes = false, option = '--yes' }: { readonly yes?: boolean | undefined; readonly option?: string } = {},
): Promise<void> {
  if (yes || (await io.confirm(question, option))) return;
  throw new CommandError('Nothing was changed.');
}

import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Random } from '../../lambdas/ports/random.ts';
import { CommandError } from './errors.ts';
import type { Relay } from './relay.ts';
import type { Screen } from './screen.ts';

/** Everything that a command can do to the outside world. */
export interface Io {
  /** Standard output: results, and nothing else. Ends the line. */
  readonly print: (text: string) => void;
  /** Standard error: progress, warnings, questions. Ends the line. */
  readonly note: (text: string) => void;
  /** Whether a person is at the terminal: then questions are asked, and progress bars drawn. */
  readonly isTerminal: boolean;
  /** How wide standard output is, and its colors. */
  readonly out: Screen;
  /** The same of standard error. */
  readonly err: Screen;
  /** Whether results go to a terminal, and not to a file or another program. */
  readonly isOutputTerminal: boolean;
  /** Asks a yes-or-no question. Without a terminal it returns false, and notes `--yes`. */
  readonly confirm: (question: string) => Promise<boolean>;
  /**
   * Shows the progress of long work: a bar on a terminal, else a line at the start and at the end.
   */
  readonly progress: (title: string, total: number) => Progress;
  /** Runs another command line of `pcr`, without node and script. @returns its exit code */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
  /** Finds the deployed stack at the first call. */
  readonly relay: () => Promise<Relay>;
  /** Folder of what this user keeps between commands. */
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Is aborted at the first Ctrl-C or SIGTERM after this was called. A second one ends the process.
   */
  readonly interrupted: () => AbortSignal;
}

export interface Progress {
  /** @param by @default 1 */
  advance(by?: number): void;
  /** Corrects the total. */
  of(total: number): void;
  end(): void;
}

/**
 * Asks the question, unless `--yes` was given.
 * @throws CommandError after a no: the command ends without any change
 */
export async function assertConfirmed(
  question: string,
  { yes = false }: { readonly yes?: boolean | undefined },
  io: Pick<Io, 'confirm'>,
): Promise<void> {
  if (yes || (await io.confirm(question))) return;
  throw new CommandError('Nothing was changed.');
}

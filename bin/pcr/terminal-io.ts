import { isatty, type WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../lambdas/adapters/system-random.ts';
import type { Io, Progress } from './io.ts';
import type { Relay } from './relay.ts';
import type { Screen } from './screen.ts';
import { stateFolderOf } from './stores/own-files.ts';

const note = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Connects commands to this process.
 * @param findRelay called once, when a command first needs the stack
 * @param run runs a command line
 */
export function terminalIo(findRelay: () => Promise<Relay>, run: Io['run']): Io {
  const isTerminal = isatty(0) && isatty(2);
  let relay: Promise<Relay> | undefined;
  let interruption: AbortController | undefined;
  // The reader may close the pipe early: `pcr … | head`.
  process.stdout.on('error', () => process.exit());
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note,
    out: screenOf(process.stdout),
    err: screenOf(process.stderr),
    isTerminal,
    isOutputTerminal: isatty(1),
    async confirm(question) {
      if (isTerminal) return ask(question);
      note(`${question}\nThis is not a terminal: add --yes to say yes.`);
      return false;
    },
    progress: (title, total) => (isTerminal ? bar(title, total) : lines(title, total)),
    run,
    relay: () => (relay ??= findRelay()),
    stateFolder: stateFolderOf(process.env['XDG_STATE_HOME']),
    clock: systemClock,
    random: systemRandom,
    interrupted: () => (interruption ??= interruptible()).signal,
  };
}

/** `NO_COLOR` and `FORCE_COLOR` decide before the terminal does. */
function screenOf(stream: WriteStream): Screen {
  return {
    columns: stream.isTTY ? stream.columns || 80 : undefined,
    style: (style, text) => styleText(formats[style], text, { stream }),
  };
}

const formats = { heading: 'bold', good: 'green', caution: 'yellow', bad: 'red' } as const;

async function ask(question: string): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm');
  return confirm({ message: question, default: false }, { output: process.stderr });
}

function bar(title: string, total: number): Progress {
  const drawn = new SingleBar({
    format: `${title} {bar} {value} of {total}, {eta_formatted} left`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    // Leaves the terminal and Ctrl-C alone, so that nothing has to be restored.
    hideCursor: null,
    linewrap: null,
    gracefulExit: false,
    stream: process.stderr,
  });
  drawn.start(total, 0);
  return {
    advance: (by = 1) => drawn.increment(by),
    of: (next) => drawn.setTotal(next),
    end: () => drawn.stop(),
  };
}

function lines(title: string, total: number): Progress {
  let done = 0;
  let of = total;
  note(`${title}: ${of} to do`);
  return {
    advance: (by = 1) => void (done += by),
    of: (next) => void (of = next),
    end: () => note(`${title}: ${done} of ${of} done`),
  };
}

function interruptible(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller;
}

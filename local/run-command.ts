interface Problems {
  readonly problems: readonly string[];
}

/**
 * Prints the usage, or the problems of the command line and exit code 2, or runs the command. If
 * it fails, the process ends with exit code 1.
 */
export async function runCommand<Options extends object>(
  parsed: 'help' | Problems | Options,
  usage: string,
  run: (options: Options) => Promise<void>,
): Promise<void> {
  if (parsed === 'help') return console.log(usage);
  if (hasProblems(parsed)) {
    console.error([...parsed.problems, '', usage].join('\n'));
    process.exitCode = 2;
    return;
  }
  await run(parsed).catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    // Engines and pollers that are still running would keep this process alive.
    process.exit(1);
  });
}

function hasProblems(parsed: object): parsed is Problems {
  return 'problems' in parsed;
}

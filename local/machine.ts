import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';

/** The machine and its load now. Durations, and some ratios, depend on both. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const busy = loadavg()
    .map((each) => each.toFixed(2))
    .join(', ');
  return (
    `${model}, ${availableParallelism()} cores, ${gib(totalmem())} of memory (${gib(freemem())} free), ` +
    `Node ${process.version}, ${process.platform} ${process.arch}; load over 1, 5 and 15 minutes at the start: ${busy}`
  );
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

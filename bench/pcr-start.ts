import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildPcr } from '../bin/build.ts';
import { alternate, type Measurement, median, ratioOf, spread } from './measurement.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../bin/pcr.js', import.meta.url));

async function processMs(...args: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await run(process.execPath, args);
  return performance.now() - startedAtMs;
}

/** Time of `pcr --help` as a process, divided by that of a process that does nothing. */
export const pcrStart: Measurement = {
  name: 'pcrStart',
  title: 'Start of the command pcr',
  bound: { atMost: 6 },
  async run() {
    await buildPcr();
    const sides = await alternate(
      { baseline: () => processMs('-e', '0'), product: () => processMs(launcher, '--help') },
      20,
    );
    return {
      ratio: ratioOf(sides),
      ours: `${median(sides.product).toFixed(0)} ms, pcr --help`,
      floor: `${median(sides.baseline).toFixed(0)} ms, node -e 0`,
      details: [`pcr --help: ${spread(sides.product, 'ms')}`, `node -e 0: ${spread(sides.baseline, 'ms')}`],
    };
  },
};

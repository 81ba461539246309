import { FunctionLogs } from '../local/function-logs.ts';
import { startLocalStage } from '../local/local-stage.ts';
import { parseCommandLine } from '../local/option-reader.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { synthesize } from '../local/synthesize.ts';
import { judgeRun } from '../local/verdict.ts';

/**
 * Measures how much of the allowed read rate is used while a backlog is processed, and whether the
 * quota is ever exceeded. The simulator enforces the quota that the functions are configured with.
 * The ratio is reads per second divided by allowed reads per second, from the first read to the
 * last. A short run has a lower ratio, because its last reads are spread over some seconds.
 */
const minRatio = 0.9;

const usage = `npm run bench:backlog -- [options]

  --updates N         number of updates at once, 10 to 100000 (default 5000)
  --opportunities N   number of opportunities updated, 1 to --updates (default 2500)
  --per-second N      reads per second that the quota allows, 1 to 1000 (default 10)
  --json              print the result as one JSON object on the last line`;

const options = parseCommandLine(
  process.argv.slice(2),
  {
    updates: { type: 'string' },
    opportunities: { type: 'string' },
    'per-second': { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
  (values, { wholeNumber }) => {
    const atOnce = wholeNumber('updates', values.updates, 5_000, 10, 100_000);
    return {
      updates: atOnce,
      opportunities: wholeNumber('opportunities', values.opportunities ?? '2500', 1, 1, atOnce),
      perSecond: wholeNumber('per-second', values['per-second'], 10, 1, 1_000),
      json: values.json ?? false,
    };
  },
);
if (options === 'help' || 'problems' in options) {
  console.error(options === 'help' ? usage : [...options.problems, usage].join('\n'));
  process.exit(options === 'help' ? 0 : 2);
}
const { updates, opportunities, perSecond } = options;

const printError = (line: string): void => console.error(line);
printError(
  `${updates} updates of ${opportunities} opportunities at once, ${perSecond} reads per second allowed`,
);
printError('Building the functions and synthesizing the stack …');
await synthesize();
const { partner, emitted } = createPartner();
const readAtMs: number[] = [];
const quota = { perSecond, perDay: 1_000_000 };
const simulator = await startSimulator({ partner, quota, log: () => readAtMs.push(performance.now()) });
const logs = new FunctionLogs((line) => printError(`  ${line}`));
const local = await startLocalStage({ engine: 'auto' }, simulator.url, logs, {
  READS_PER_SECOND: String(perSecond),
  READS_PER_DAY: '1000000',
});
const ids = Array.from({ length: opportunities }, () => partner.createOpportunity('AWS', { events: 0 }));
for (let update = 0; update < updates; update += 1) partner.updateOpportunity(ids[update % ids.length] ?? '');
const startedAtMs = performance.now();
const progress = setInterval(
  () => printError(`  ${simulator.reads()} reads, ${logs.counts.delivered} delivered`),
  10_000,
);
await Promise.all(emitted.map((event) => local.stage.bus.put(event)));
await local.waitUntilDrained();
clearInterval(progress);

const { checks } = await judgeRun(local, {
  eventIds: emitted.map(({ id }) => id),
  truth: partner.truth(),
  toBeParked: new Map(),
  reads: simulator.reads(),
  elapsedMs: performance.now() - startedAtMs,
});
const [first = 0] = readAtMs;
const seconds = ((readAtMs.at(-1) ?? first) - first) / 1_000;
// The span starts at the first read, so the first read does not count.
const ratio = (simulator.reads() - 1) / seconds / perSecond;
const broken = checks.filter(({ holds }) => !holds);
for (const { name, found } of broken) printError(`✗ ${name}\n    ${found.join('\n    ')}`);
const result = {
  updates,
  opportunities,
  reads: simulator.reads(),
  seconds: Math.round(seconds),
  throttled: simulator.throttled(),
  usedOfAllowedRate: Number(ratio.toFixed(3)),
  floor: minRatio,
};
printError(
  `${result.reads} reads in ${result.seconds} s: ${(100 * ratio).toFixed(1)} % of the allowed rate, ${result.throttled} throttled`,
);
await local.stop();
await simulator.stop();
if (options.json) console.log(JSON.stringify(result));
process.exitCode = ratio >= minRatio && result.throttled === 0 && broken.length === 0 ? 0 : 1;

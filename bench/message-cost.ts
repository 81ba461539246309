import { messageOf } from '../lambdas/core/message.ts';
import type { SigningSecret } from '../lambdas/core/signature.ts';
import type { Trace } from '../lambdas/core/trace.ts';
import { isWanted } from '../lambdas/core/wanted.ts';
import { webhookRequestOf } from '../lambdas/core/webhook-request.ts';
import { endpoint } from '../test/builders/endpoints.ts';
import { filters, redactLists } from './costly-lists.ts';
import { costlyVersion } from './costly-messages.ts';
import { alternate, type Measurement, median, ratioOf, type Sides, spread } from './measurement.ts';

/** Bytes of JSON. The largest has many parts in the table. */
const sizes = [10_000, 400_000, 6_000_000];
/** The size that the bound is for. */
const boundBytes = 400_000;

const secret: SigningSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const trace: Trace = { traceId: '1'.repeat(32), parentId: '1'.repeat(16) };

/**
 * Processor time of the message that takes longest, of those tried, divided by the time to parse
 * and print a list of small objects of the same size. Redact lists and filters are as large as the
 * limits allow. What takes longest is found first, by one run of each, and then measured.
 */
export const messageCost: Measurement = {
  name: 'messageCost',
  title: 'Processor time of the costliest message',
  bound: { atMost: 11 },
  async run(report) {
    const rows: Row[] = [];
    for (const bytes of sizes) rows.push(...(await measureSize(bytes, report)));
    const [slowest] = rows
      .filter((row) => row.bytes === boundBytes)
      .toSorted((one, other) => ratioOf(other.sides) - ratioOf(one.sides));
    if (!slowest) throw new Error('nothing was measured');
    const { sides } = slowest;
    return {
      ratio: ratioOf(sides),
      ours: `${median(sides.product).toFixed(1)} ms for ${boundBytes / 1_000} KB`,
      floor: `${median(sides.baseline).toFixed(1)} ms, parse and print`,
      details: detailsOf(rows),
    };
  },
};

/** Something that is done with a message. */
interface Work {
  readonly name: string;
  readonly run: () => unknown;
}

interface Row {
  readonly bytes: number;
  readonly name: string;
  readonly sides: Sides;
}

async function measureSize(bytes: number, report: (line: string) => void): Promise<readonly Row[]> {
  report(`messages of ${bytes / 1_000} KB`);
  const text = messageOf(costlyVersion('pairs', bytes), endpoint()).body;
  const parseAndPrint = { name: 'parse and print', run: () => JSON.stringify(JSON.parse(text)) };
  const usual = requestWorks(bytes, ['people'], ['no redaction']);
  const requests = requestWorks(bytes, ['people', 'numbers', 'pairs', 'manyMembers', 'tree', 'changes']);
  const matches = filterWorks(bytes, ['shortTexts', 'alikeTexts', 'decimals', 'addresses', 'pairs']);
  const rows: Row[] = [];
  for (const work of [...usual, slowestOf(requests), slowestOf(matches)]) {
    const sides = await alternate({
      baseline: async () => timeMs(parseAndPrint, bytes),
      product: async () => timeMs(work, bytes),
    });
    rows.push({ bytes, name: work.name, sides });
  }
  return rows;
}

/** Builds and signs the request, and collects the texts that are masked in an answer. */
function requestWorks(
  bytes: number,
  shapes: readonly string[],
  names: readonly string[] = Object.keys(redactLists),
): readonly Work[] {
  return shapes.flatMap((shape) => {
    const version = costlyVersion(shape, bytes);
    return names.map((name) => {
      const { redact } = endpoint({ redact: redactLists[name] ?? [] });
      const run = () => webhookRequestOf(version, { payload: 'full', redact }, {}, [secret], trace, 1);
      return { name: `request, ${name}, ${shape}`, run };
    });
  });
}

function filterWorks(bytes: number, shapes: readonly string[]): readonly Work[] {
  return shapes.flatMap((shape) => {
    const version = costlyVersion(shape, bytes);
    return Object.entries(filters).map(([name, filter]) => {
      return { name: `filter, ${name}, ${shape}`, run: () => isWanted(endpoint({ filter }), version) };
    });
  });
}

function slowestOf(works: readonly Work[]): Work {
  const timed = works.map((work) => ({ work, ms: [0, 1].map(() => timeMs(work, 0)) }));
  const [slowest] = timed.toSorted((one, other) => Math.min(...other.ms) - Math.min(...one.ms));
  if (!slowest) throw new Error('nothing to measure');
  return slowest.work;
}

/** Processor time of one run. Small messages run several times. */
function timeMs({ run }: Work, bytes: number): number {
  const times = bytes === 0 ? 1 : Math.ceil(boundBytes / bytes);
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

function detailsOf(rows: readonly Row[]): readonly string[] {
  return [
    'processor time of a message, and of parsing and printing a list of small objects of the same size',
    ...rows.map(({ bytes, name, sides }) => {
      const { product, baseline } = sides;
      return `${bytes / 1_000} KB, ${name}: ${spread(product, 'ms')} over ${spread(baseline, 'ms')}`;
    }),
  ];
}

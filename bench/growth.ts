import { costOfChange, costOfEndpoint } from '../docs/generate/growth.ts';
import { countGrowth, type GrowthCounts } from '../docs/generate/growth-counts.ts';
import type { Measurement } from './measurement.ts';

const folder = 'cdk.out/bench-growth';

let allCounts: Promise<GrowthCounts> | undefined;

/** Counts once for both measurements. */
function countOnce(report: (line: string) => void): Promise<GrowthCounts> {
  allCounts ??= countGrowth(folder, report);
  return allCounts;
}

/** A write unit costs as much as five read units. */
function weigh({ writeUnits, readUnits }: ReturnType<typeof costOfChange>): number {
  return writeUnits + readUnits / 5;
}

async function countedRuns(report: (line: string) => void) {
  const { changes } = await countOnce(report);
  const [few, more, many] = changes;
  if (!few || !more || !many) throw new Error('three runs are needed');
  return { few, more, many };
}

function unitsText(cost: ReturnType<typeof costOfChange>): string {
  return `${cost.writeUnits.toFixed(1)} write, ${cost.readUnits.toFixed(1)} read units`;
}

/** Request units of a change with 10,000 records in the table, divided by those with 1,000. */
export const costByRecords: Measurement = {
  name: 'costByRecords',
  title: 'Request units of a change with 10,000 records',
  bound: { atMost: 1.1 },
  async run(report) {
    const { few, more } = await countedRuns(report);
    const [before, after] = [costOfChange(few.run), costOfChange(more.run)];
    return {
      ratio: weigh(after) / weigh(before),
      ours: `${unitsText(after)} with ${more.records.toLocaleString('en')} records`,
      floor: `${unitsText(before)} with ${few.records.toLocaleString('en')} records`,
      details: [
        `of a change of an opportunity with one endpoint, with ${more.records} and ${few.records} records`,
      ],
    };
  },
};

/**
 * Request units that each further endpoint adds to a change, divided by those of the first. The
 * counts in docs/growth-counts.json, with as many reads for each endpoint as for the first, would
 * give 1.36. Reads that grow with the square of the endpoints are above the bound.
 */
export const costByEndpoints: Measurement = {
  name: 'costByEndpoints',
  title: 'Request units of each further endpoint',
  bound: { atMost: 1.4 },
  async run(report) {
    const { few, many } = await countedRuns(report);
    const deliver = few.run.functions['Deliver'];
    if (!deliver) throw new Error('deliver was not counted');
    const first = costOfChange({ events: few.run.events, functions: { Deliver: deliver } });
    const further = costOfEndpoint(costOfChange(few.run), costOfChange(many.run), many.endpoints - 1);
    return {
      ratio: weigh(further) / weigh(first),
      ours: `${unitsText(further)} for each further endpoint`,
      floor: `${unitsText(first)} of deliver for the first`,
      details: [
        `what each further of ${many.endpoints} endpoints adds to a change, and what deliver takes for one; a write unit counts as five read units`,
        `read units of each further endpoint are ${(further.readUnits / first.readUnits).toFixed(1)} times those of the first: deliver reads the rows of all endpoints at the end of each delivery`,
      ],
    };
  },
};

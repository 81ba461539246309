import { writeFileSync } from 'node:fs';
import { countGrowth, growthFile } from './growth-counts.ts';

// npm run cost: counts how the cost of a change grows with records and endpoints.
const counts = await countGrowth('cdk.out/cost', console.log);
writeFileSync(growthFile, `${JSON.stringify(counts, undefined, 2)}\n`);
console.log(`Written to ${growthFile}`);

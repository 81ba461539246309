import { writeFileSync } from 'node:fs';
import { commandCountsFile, countCommands } from './command-counts.ts';

// npm run cost: counts what a command takes at each door.
const counts = await countCommands('cdk.out/cost', console.log);
writeFileSync(commandCountsFile, `${JSON.stringify(counts, undefined, 2)}\n`);
console.log(`Written to ${commandCountsFile}`);

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { createPartner } from '../../local/partner-central/create-partner.ts';
import { spendOf } from '../../local/partner-central/model/opportunity-body.ts';
import { startSimulator } from '../../local/partner-central/simulator-server.ts';
import { synthesize } from '../../local/synthesize.ts';
import { startCostStage } from './cost-stage.ts';
import { type CountedRun, type Counts, countsFile } from './counts.ts';
import { recordedShape } from './recorded-shape.ts';

// npm run cost: counts on the local stage which AWS resources an event uses. Prices: see prices.ts.
const folder = 'cdk.out/cost';
const opportunities = 20;
/**
 * Rounds of ten changes: seven of an opportunity, one of the AWS side of an opportunity, one
 * invitation, one engagement.
 */
const totalRounds = 2;
const eventsPerChange = 5;
/** One of each kind of change that the simulator makes to an opportunity. */
const recordedChanges: readonly JsonObject[] = [
  { LifeCycle: { Stage: 'Qualified' } },
  { LifeCycle: { ReviewStatus: 'In review' } },
  { LifeCycle: { TargetCloseDate: '2027-01-31' } },
  { LifeCycle: { NextSteps: 'Size the workload' } },
  { Project: { ExpectedCustomerSpend: spendOf('25000') } },
];

console.log('Building the functions and synthesizing the stack …');
// Like a deployment with default settings: a second catalog has passes of its own every minute.
await synthesize({ folder, settings: { catalogs: 'AWS' } });
const { partner, emitted } = createPartner();
const simulator = await startSimulator({ partner, quota: { perSecond: 1_000, perDay: 1_000_000 } });
const stage = await startCostStage(folder, simulator.url);
const put = async (): Promise<number> => {
  const events = emitted.splice(0);
  await stage.put(events);
  return events.length;
};

console.log('Warming up …');
const ids = Array.from({ length: opportunities }, () => {
  const id = partner.createOpportunity('AWS');
  partner.submitOpportunity(id);
  return id;
});
const engagement = partner.createEngagement('AWS');
partner.createInvitation('AWS', 'OpportunityInvitation');
await put();

let next = 0;
const opportunity = (): string => ids[next++ % ids.length] ?? '';
const changes = (sent: { events: number }): readonly (() => void)[] => [
  ...Array.from({ length: 7 }, () => () => partner.updateOpportunity(opportunity(), sent)),
  () => partner.updateAwsSummary(opportunity(), sent),
  () => void partner.createInvitation('AWS', 'OpportunityInvitation', sent),
  () => partner.updateEngagement(engagement, sent),
];

const opportunityChanges = (sent: { events: number }): readonly (() => void)[] =>
  recordedChanges.map((patch) => () => partner.updateOpportunity(opportunity(), { ...sent, patch }));

/** Waits until each change has been processed before it makes the next one. */
const play = async (rounds: number, events: number, of = changes): Promise<CountedRun> =>
  await stage.counted(async () => {
    let count = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const change of of({ events })) {
        change();
        count += await put();
      }
      console.log(`  ${count} events`);
    }
    return count;
  });

console.log('Counting changes with one event each …');
const single = await play(totalRounds, 1);
console.log('Counting changes of opportunities in the recorded shape …');
for (const id of ids) partner.updateOpportunity(id, { patch: recordedShape });
await put();
const opportunityRun = await play(opportunities / recordedChanges.length, 1, opportunityChanges);
console.log(`Counting changes with ${eventsPerChange} events each …`);
const burst = await play(totalRounds / 2, eventsPerChange);
await stage.stop();
await simulator.stop();

const [cpu] = cpus();
const counts: Counts = {
  countedOn: new Date().toISOString().slice(0, 10),
  engine: stage.engine,
  machine: `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores`,
  single,
  opportunities: opportunityRun,
  burst: { eventsPerChange, run: burst },
};
writeFileSync(countsFile, `${JSON.stringify(counts, undefined, 2)}\n`);
console.log(`Written to ${countsFile}`);

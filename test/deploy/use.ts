import { type DeployTest, untilTrue, untilUnprocessed } from './checks.ts';
import type { Deployed } from './deployed.ts';
import { startReceiver } from './endpoint.ts';
import { type EmittedEvent, type PartnerCentral, putEvents } from './partner.ts';
import {
  changeRecords,
  createRecords,
  invalidEvents,
  missingDetailTypes,
  type TestRecords,
} from './scenes.ts';
import { loseDoorbell } from './sweep-scene.ts';

export interface Run extends DeployTest {
  readonly records: TestRecords;
  /** Puts events on the default bus. @returns their new ids in the same order */
  readonly put: (events: readonly EmittedEvent[]) => Promise<readonly string[]>;
  readonly report: (line: string) => void;
}

/**
 * Sends events of every detail-type and checks their results.
 * @returns the run, whose receiver is still registered
 * @throws Error naming what failed
 */
export async function use(
  deployed: Deployed,
  central: PartnerCentral,
  report: (line: string) => void,
): Promise<Run> {
  const receiver = await startReceiver(deployed);
  const eventIds = new Set<string>();
  const put = async (events: readonly EmittedEvent[]) => {
    const ids = await putEvents(deployed, events);
    for (const id of ids) eventIds.add(id);
    return ids;
  };
  const run = { deployed, central, receiver, eventIds, put, report, records: createRecords(central) };
  const first = await sendCreations(run);
  const second = await sendChanges(run);
  const missing = missingDetailTypes([...first, ...second]);
  if (missing.length > 0) throw new Error(`The simulator emitted no event of ${missing.join(', ')}.`);
  await deliverWithoutDoorbell(run);
  return run;
}

async function sendCreations(run: Run): Promise<readonly EmittedEvent[]> {
  const creations = run.central.takeEmitted();
  await run.put(creations);
  run.report(`${creations.length} events on the default bus: an opportunity, invitations, an engagement`);
  await untilTrue(run, 120, [`AWS/opportunity/${run.records.forgotten}`]);
  run.report(
    `${run.receiver.receipts.length} signed webhooks verified; the table agrees with Partner Central`,
  );
  return creations;
}

async function sendChanges(run: Run): Promise<readonly EmittedEvent[]> {
  changeRecords(run.central, run.records);
  const changes = run.central.takeEmitted();
  await run.put(changes);
  run.report(`${changes.length} more events of all detail-types, and three invalid events`);
  const poison = invalidEvents(changes);
  const ids = await run.put(poison.map(([event]) => event));
  await untilUnprocessed(run.deployed, new Map(poison.map(([, end], index) => [ids[index] ?? '', end])));
  run.report('Parked, with its reason: a malformed event; kept: an unknown detail-type, an unknown catalog');
  await untilTrue(run, 180);
  run.report(
    `${run.receiver.receipts.length} webhooks in total; the schedule of reconcile found the opportunity without an event`,
  );
  return changes;
}

async function deliverWithoutDoorbell({ central, deployed, put, report, ...run }: Run): Promise<void> {
  await loseDoorbell(deployed, async () => {
    central.partner.updateOpportunity(run.records.opportunity);
    await put(central.takeEmitted());
  });
  report('A doorbell queue was purged: a delivery is due without a doorbell message');
  await untilTrue({ central, deployed, ...run }, 180);
  report('The schedule of sweep signalled the delivery again: delivered');
}

import { type Played, untilParked, untilTrue } from './checks.ts';
import type { Deployed } from './deployed.ts';
import { startReceiver } from './endpoint.ts';
import { type PartnerCentral, putEvents, type Told } from './partner.ts';
import { begin, type Cast, goOn, untold, unusable } from './scenes.ts';
import { loseTheRing } from './sweep-scene.ts';

interface Run extends Played {
  /** @returns the ids that the bus gave the events, in their order */
  readonly put: (events: readonly Told[]) => Promise<readonly string[]>;
  readonly told: (line: string) => void;
}

/** Lets Partner Central tell of everything that it can tell of, and looks what becomes of it. @throws Error naming what did not */
export async function use(
  deployed: Deployed,
  central: PartnerCentral,
  told: (line: string) => void,
): Promise<void> {
  const receiver = await startReceiver(deployed);
  const eventIds = new Set<string>();
  const put = async (events: readonly Told[]) => {
    const ids = await putEvents(deployed, events);
    for (const id of ids) eventIds.add(id);
    return ids;
  };
  const run = { deployed, central, receiver, eventIds, put, told };
  const cast = begin(central);
  const first = await sendBeginnings(run, cast);
  const second = await sendChanges(run, cast);
  const missing = untold([...first, ...second]);
  if (missing.length > 0) throw new Error(`No event of ${missing.join(', ')} was put.`);
  await loseARing(run, cast);
  await receiver.stop();
}

async function sendBeginnings(run: Run, { forgotten }: Cast): Promise<readonly Told[]> {
  const beginnings = run.central.takeEmitted();
  await run.put(beginnings);
  run.told(`${beginnings.length} events on the default bus: an opportunity, invitations, an engagement`);
  await untilTrue(run, 120, [`AWS/opportunity/${forgotten}`]);
  run.told(
    `${run.receiver.receipts.length} signed webhooks verified; the table holds what Partner Central does`,
  );
  return beginnings;
}

async function sendChanges(run: Run, cast: Cast): Promise<readonly Told[]> {
  goOn(run.central, cast);
  const changes = run.central.takeEmitted();
  await run.put(changes);
  run.told(
    `${changes.length} events more, every detail-type among them, and three of which nothing can be made`,
  );
  const poison = unusable(changes);
  const ids = await run.put(poison.map(([event]) => event));
  await untilParked(run.deployed, new Map(poison.map(([, code], index) => [ids[index] ?? '', code])));
  run.told(
    'Parked with their reasons: one malformed, one of an unknown detail-type, one of an unknown catalog',
  );
  await untilTrue(run, 180);
  run.told(
    `${run.receiver.receipts.length} webhooks by now; what no event told of, reconcile found by its schedule`,
  );
  return changes;
}

async function loseARing(
  { central, deployed, put, told, ...run }: Run,
  { opportunity }: Cast,
): Promise<void> {
  await loseTheRing(deployed, async () => {
    central.partner.updateOpportunity(opportunity);
    await put(central.takeEmitted());
  });
  told('A doorbell was purged before anybody heard it: a delivery is due, and nothing rings for it');
  await untilTrue({ central, deployed, ...run }, 180);
  told('sweep rang again by its schedule: delivered');
}

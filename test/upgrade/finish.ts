import { isJsonObject, textAt } from '../../lambdas/core/json.ts';
import { findUnfinishedWork } from '../../local/observation.ts';
import { differences } from '../deploy/checks.ts';
import type { Deployed } from '../deploy/deployed.ts';
import type { Pcr } from '../deploy/pcr.ts';
import { until } from '../deploy/until.ts';
import type { AddedEndpoint } from './endpoints.ts';
import type { UnfinishedWork, UpgradeTest } from './fill.ts';
import { countParked, findDeliveries, readItems } from './stored-items.ts';

/** Lets this release finish what the last one began. @param pcr of this release */
export async function finish(
  scene: UpgradeTest,
  { waiting, unsigned, refused, passStartedAt }: UnfinishedWork,
  pcr: Pcr,
): Promise<void> {
  const { central, deployed, held, report, steady } = scene;
  const { dynamodb, tables } = deployed;
  central.simulator.injectFaults(undefined);
  waiting.receiver.fail(0);
  await pcr('endpoints', 'enable', held.id);
  await pcr('parked', 'redrive', '--queue', 'opportunity', '--all', '--yes');
  await pcr('parked', 'redrive', '--queue', 'delivery', '--all', '--yes');
  // A retry that a slow machine made before the update is due again after up to 6 minutes.
  await until('no work is left', 420, async () => [
    ...(await differences({ ...scene, receiver: steady.receiver })),
    ...(await differences({ ...scene, receiver: held.receiver })).map((each) => `${held.id}: ${each}`),
    ...(await findUnfinishedWork(dynamodb, tables)).map((work) => `unfinished: ${work}`),
  ]);
  report(`${held.id} was enabled and got all it missed; the parked event of ${refused} was processed`);
  assertDelivered(waiting, steady);
  assertDelivered(unsigned, steady);
  report(`${waiting.id} got what waited; ${unsigned.id} got the parked delivery`);
  await until('the pass that was under way is complete', 120, async () => {
    const pass = (await readItems(deployed, 'ControlTableName')).get('pass AWS/engagements');
    const state = pass?.['state'];
    const lastFullAt = isJsonObject(state) ? textAt(state, 'lastFullAt') : undefined;
    return lastFullAt !== undefined && lastFullAt >= passStartedAt
      ? []
      : [`the last one began ${lastFullAt}`];
  });
  report('The pass that was under way is complete');
  await untilOnlyIn('QuarantineParkedQueueUrl', deployed);
  // CHANGELOG.md names this command.
  await pcr('parked', 'redrive', '--queue', 'quarantine', '--all', '--yes');
  await untilOnlyIn('KeptQueueUrl', deployed);
  report('Only the unknown event was still parked; it moved to the queue of kept events');
  for (const { id } of [steady, held, waiting, unsigned])
    for (const status of ['pending', 'held', 'exhausted', 'unreadable'])
      if ((await findDeliveries(deployed, id, status)).length > 0)
        throw new Error(`${id} has deliveries that are ${status}`);
}

/** Waits until the unknown event is in this queue, and no other message is parked or kept. */
async function untilOnlyIn(queueOutput: string, deployed: Deployed): Promise<void> {
  await until(`only the unknown event is in a queue, ${queueOutput}`, 30, async () => {
    const found = JSON.stringify(await countParked(deployed));
    return found === JSON.stringify({ [queueOutput]: 1 }) ? [] : [found];
  });
}

/** Checks that an endpoint got messages, all of versions that the other endpoint got too. */
function assertDelivered({ id, receiver }: AddedEndpoint, steady: AddedEndpoint): void {
  if (receiver.receipts.length === 0 || receiver.refused.length > 0)
    throw new Error(`${id} got ${receiver.receipts.length} messages, and refused ${receiver.refused.join()}`);
  const known = new Set(steady.receiver.receipts.map(({ path, version }) => `${path} version ${version}`));
  const unknown = receiver.receipts
    .map(({ path, version }) => `${path} version ${version}`)
    .filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`${id} got ${unknown.join()}, which no other endpoint got`);
}

import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { isJsonObject, textAt } from '../../lambdas/core/json.ts';
import type { FaultHook } from '../../local/partner-central/simulator-server.ts';
import { type DeployTest, differences } from '../deploy/checks.ts';
import { putEvents } from '../deploy/partner.ts';
import type { Pcr } from '../deploy/pcr.ts';
import { changeRecords, createRecords, type TestRecords } from '../deploy/scenes.ts';
import { until } from '../deploy/until.ts';
import { type AddedEndpoint, addEndpoint } from './endpoints.ts';
import { countParked, findDeliveries, readItems } from './stored-items.ts';

/**
 * How long the deliveries of `ep_waiting` wait: longer than the update takes. The receiver requests
 * it, because the schedule alone would wait 5 seconds, and then 5 minutes.
 */
const retryAfterSeconds = 200;

export interface UpgradeTest extends DeployTest {
  readonly eventIds: Set<string>;
  /** Gets everything at once. */
  readonly steady: AddedEndpoint;
  /** Disabled, with held deliveries. */
  readonly held: AddedEndpoint;
  /** Of the last release. */
  readonly pcr: Pcr;
  readonly folder: string;
  readonly report: (line: string) => void;
}

/** Work of the last release that this release has to finish. */
export interface UnfinishedWork {
  readonly records: TestRecords;
  /** Its deliveries wait for their second attempt. */
  readonly waiting: AddedEndpoint;
  /** Nothing could sign its delivery, which is parked. */
  readonly unsigned: AddedEndpoint;
  /** An opportunity whose event is parked, because Partner Central refused the read. */
  readonly refused: string;
  /** Start of the pass over the engagements. */
  readonly passStartedAt: string;
}

/** Puts the emitted events on the bus. */
export async function putEmitted({ central, deployed, eventIds }: UpgradeTest): Promise<void> {
  for (const id of await putEvents(deployed, central.takeEmitted())) eventIds.add(id);
}

/** Fills the stack of the last release with work in every state. */
export async function fill(scene: UpgradeTest): Promise<UnfinishedWork> {
  const { central, report, steady } = scene;
  const records = await storeVersions(scene);
  report(`${steady.receiver.receipts.length} webhooks delivered, of records with several versions`);
  const unsigned = await parkDelivery(scene);
  const refused = await parkEvents(scene);
  report('Parked: a delivery that nothing could sign, an event whose read was refused, an unknown event');
  const passStartedAt = await leavePassUnderWay(scene, refused);
  report('A pass of reconcile is under way, between two pages');
  const waiting = await addEndpoint(scene.pcr, scene.folder, 'ep_waiting', 'engagement_invitation.*');
  waiting.receiver.fail(Number.POSITIVE_INFINITY, retryAfterSeconds);
  for (let count = 0; count < 3; count += 1) central.partner.createInvitation('AWS', 'LeadInvitation');
  await putEmitted(scene);
  await untilDeliveries(scene, 'ep_waiting', 'pending', 3);
  await untilDeliveries(scene, 'ep_held', 'held', 3);
  report('Deliveries wait for their second attempt, others are held by a disabled endpoint');
  return { records, waiting, unsigned, refused, passStartedAt };
}

async function storeVersions(scene: UpgradeTest): Promise<TestRecords> {
  const records = createRecords(scene.central);
  const forgotten = [`AWS/opportunity/${records.forgotten}`];
  await putEmitted(scene);
  await until('the first versions are stored and delivered', 120, () => differences(scene, forgotten));
  await scene.pcr('endpoints', 'disable', scene.held.id);
  changeRecords(scene.central, records);
  await putEmitted(scene);
  await until('later versions are stored and delivered', 120, () => differences(scene, forgotten));
  return records;
}

/** Adds an endpoint whose secret is unusable until its first delivery is parked. */
async function parkDelivery(scene: UpgradeTest): Promise<AddedEndpoint> {
  const { central, deployed, folder, pcr } = scene;
  const unsigned = await addEndpoint(pcr, folder, 'ep_unsigned', 'opportunity.created');
  const SecretId = `${deployed.output('EndpointSecretNamePrefix')}${unsigned.id}`;
  await deployed.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'unusable' }));
  central.partner.createOpportunity('AWS');
  await putEmitted(scene);
  await untilDeliveries(scene, unsigned.id, 'exhausted', 1);
  await deployed.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: unsigned.secret }));
  return unsigned;
}

/**
 * Parks the event of an opportunity that Partner Central refuses to read until `endFaults`, and an
 * event that is not handled. @returns the id of the opportunity
 */
async function parkEvents(scene: UpgradeTest): Promise<string> {
  const { central, deployed } = scene;
  const refused = central.partner.createOpportunity('AWS');
  central.simulator.injectFaults(faultsFor(refused));
  const emitted = central.takeEmitted();
  const [created] = emitted;
  if (!created) throw new Error('a creation emits an event');
  const unknown = { ...created, 'detail-type': 'Opportunity Reassigned' };
  for (const id of await putEvents(deployed, [...emitted, unknown])) scene.eventIds.add(id);
  await until('two events are parked', 60, async () => {
    const { OpportunityParkedQueueUrl = 0, QuarantineParkedQueueUrl = 0 } = await countParked(deployed);
    return OpportunityParkedQueueUrl > 0 && QuarantineParkedQueueUrl > 0 ? [] : ['a queue is empty'];
  });
  return refused;
}

/**
 * Begins a pass over the list of engagements, which then fails between two pages.
 * @returns its start
 */
async function leavePassUnderWay(scene: UpgradeTest, refused: string): Promise<string> {
  const { central, deployed } = scene;
  // Every page names another one, so that the list does not end.
  central.simulator.makeEndless({ tokens: 'new', operations: ['ListEngagements'] });
  let startedAt: string | undefined;
  await until('a pass is between two pages', 90, async () => {
    await deployed.lambda.send(
      new InvokeCommand({
        FunctionName: deployed.output('ReconcileFunctionName'),
        InvocationType: 'Event',
        Payload: JSON.stringify({ now: true }),
      }),
    );
    const pass = (await readItems(deployed, 'ControlTableName')).get('pass AWS/engagements');
    const state = pass?.['state'];
    if (!isJsonObject(state) || textAt(state, 'progress', 'nextToken') === undefined) return ['no page yet'];
    startedAt = textAt(state, 'progress', 'startedAt');
    return startedAt === undefined ? ['it has no start'] : [];
  });
  central.simulator.injectFaults(faultsFor(refused, 'ListEngagements'));
  central.simulator.makeEndless(undefined);
  return startedAt ?? '';
}

/** Partner Central refuses to read the opportunity, and fails to answer the list. */
function faultsFor(refused: string, list?: string): FaultHook {
  return (operation, id) => {
    if (operation === 'GetOpportunity' && id === refused) return 'access-denied';
    return operation === list ? 'internal' : undefined;
  };
}

async function untilDeliveries(
  { deployed }: UpgradeTest,
  endpointId: string,
  status: string,
  atLeast: number,
): Promise<void> {
  await until(`${atLeast} deliveries of ${endpointId} are ${status}`, 90, async () => {
    const found = await findDeliveries(deployed, endpointId, status);
    const attempted = found.filter((row) => status !== 'pending' || row['attemptNumber'] === 1);
    return attempted.length >= atLeast ? [] : [`${attempted.length} are`];
  });
}

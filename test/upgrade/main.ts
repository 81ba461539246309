import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cdk, cdkOn } from '../deploy/cdk.ts';
import { deployedStack, stackName } from '../deploy/deployed.ts';
import type { Emulator } from '../deploy/emulator.ts';
import { emulatorFolder, runOnEmulator } from '../deploy/emulator-run.ts';
import { startPartnerCentral } from '../deploy/partner.ts';
import { pcrOn } from '../deploy/pcr.ts';
import { until } from '../deploy/until.ts';
import { addEndpoint } from './endpoints.ts';
import { fill, putEmitted, type UnfinishedWork, type UpgradeTest } from './fill.ts';
import { finish } from './finish.ts';
import { findDoubled, findLosses, keep } from './kept.ts';
import { checkOutLastRelease } from './last-release.ts';
import { copyRecords, replaceIndexes } from './replaced-indexes.ts';
import { compareTables, identifyTables, readTemplateTables } from './tables.ts';
import { startTraffic } from './traffic.ts';

/** Shortens the wait for `reconcile` from an hour to a minute. */
const settings = ['-c', 'relay:reconcileMinutes=1'];
const deploy = ['deploy', stackName, '--require-approval', 'never', ...settings];

// Deploys the last release to an AWS emulator, fills it, and deploys this checkout over it. If AWS
// makes this update in place, both are deployed again, so that each meets what the other wrote.
await runOnEmulator({
  // The test takes five minutes on an idle machine.
  longestMinutes: 25,
  passed: 'Passed: the update lost nothing, sent nothing twice, and replaced no table.',
  test,
});

async function test({ url, python }: Emulator, report: (line: string) => void): Promise<void> {
  const release = await checkOutLastRelease(report);
  const central = await startPartnerCentral();
  const folder = join(emulatorFolder, 'upgrade');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  const target = { emulatorUrl: url, partnerCentralUrl: central.simulator.url };
  const oldCdk = cdkOn({ ...target, folder: before, checkout: release.folder });
  await oldCdk.bootstrap();
  await oldCdk.run(...deploy);
  report(`cdk deploy of release ${release.version}: done`);

  const deployed = await deployedStack(url);
  const pcr = pcrOn({ ...target, folder, checkout: release.folder });
  const steady = await addEndpoint(pcr, folder, 'ep_steady', '*');
  const held = await addEndpoint(pcr, folder, 'ep_held', '*');
  const { receiver } = steady;
  const run = { deployed, central, receiver, eventIds: new Set<string>(), steady, held, pcr, folder, report };
  const work = await fill(run);
  const endpoints = [steady, held, work.waiting, work.unsigned];
  const kept = await keep(run, endpoints);
  const tables = await identifyTables(deployed);
  const copy = await copyRecords(deployed);

  const newCdk = cdkOn({ ...target, folder: after });
  const changes = await deployDuringTraffic(newCdk.run, run, work);
  report(`cdk deploy of this release: done, while ${changes} changes arrived`);
  const { lossy, tooMany } = compareTables(await readTemplateTables(before), await readTemplateTables(after));
  assertNone('The update', [
    ...lossy,
    ...(await identifyTables(deployed)).filter((table) => !tables.includes(table)),
  ]);
  report('No table was replaced');
  if (tooMany.length > 0) {
    report(`AWS makes these changes one at a time: ${tooMany.join('; ')}`);
    const cli = { ...target, folder, python };
    const template = await readTemplateTables(after);
    const differences = await replaceIndexes(copy, `From ${release.version}`, template, { deployed, cli });
    assertNone('The commands of docs/upgrade.md do not lead to the indexes of this release', differences);
    report(
      `The commands of docs/upgrade.md under "From ${release.version}" make them on a copy of the table`,
    );
  } else {
    // AWS makes this update in place, and can take it back.
    await deployDuringTraffic(oldCdk.runSynthesized, run, work);
    await untilOneDelivered(run);
    report(`cdk deploy of release ${release.version} again: it works on what this release wrote`);
    await deployDuringTraffic(newCdk.runSynthesized, run, work);
    report('cdk deploy of this release again: done');
  }

  // This release has outputs that the last one lacks.
  await finish({ ...run, deployed: await deployedStack(url) }, work, pcrOn({ ...target, folder }));
  assertNone('Lost', await findLosses(run, kept));
  assertNone('Doubled', findDoubled(endpoints, kept));
}

/** @returns the number of changes that arrived meanwhile */
async function deployDuringTraffic(cdk: Cdk['run'], run: UpgradeTest, work: UnfinishedWork): Promise<number> {
  const traffic = startTraffic(run, work);
  await cdk(...deploy);
  return traffic.stop();
}

/** Creates a record, and waits for its message. */
async function untilOneDelivered(run: UpgradeTest): Promise<void> {
  const path = `AWS/opportunity/${run.central.partner.createOpportunity('AWS')}`;
  await putEmitted(run);
  await until(`a message about ${path} arrives`, 90, () =>
    Promise.resolve(run.receiver.receipts.some((each) => each.path === path) ? [] : ['none yet']),
  );
}

function assertNone(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error([`${what}:`, ...problems].join('\n- '));
}

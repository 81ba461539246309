import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localAccountId, localRegion } from '../../local/host/local-account.ts';
import { cdkOn, project } from '../deploy/cdk.ts';
import { deployedStack, stackName } from '../deploy/deployed.ts';
import type { Emulator } from '../deploy/emulator.ts';
import { emulatorFolder, runOnEmulator } from '../deploy/emulator-run.ts';
import { startPartnerCentral } from '../deploy/partner.ts';
import { addEndpoint } from './endpoints.ts';
import { fill } from './fill.ts';
import { finish } from './finish.ts';
import { findDoubled, findLosses, keep } from './kept.ts';
import { checkOutLastRelease, type Release } from './last-release.ts';
import { pcrOn } from './pcr.ts';
import { compareTables, identifyTables, readTemplateTables } from './tables.ts';
import { startTraffic } from './traffic.ts';

/** Shortens the wait for `reconcile` from an hour to a minute. */
const settings = ['-c', 'relay:reconcileMinutes=1'];
const deploy = ['deploy', stackName, '--require-approval', 'never', ...settings];

// Deploys the last release to an AWS emulator, fills it, and deploys this checkout over it.
await runOnEmulator({
  // The test takes five minutes.
  longestMinutes: 15,
  passed: 'Passed: the update lost nothing, sent nothing twice, and replaced no table.',
  test,
});

async function test({ url }: Emulator, report: (line: string) => void): Promise<void> {
  const release = await checkOutLastRelease(report);
  const central = await startPartnerCentral();
  const folder = join(emulatorFolder, 'upgrade');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  const target = { emulatorUrl: url, partnerCentralUrl: central.simulator.url };
  const oldCdk = cdkOn({ ...target, folder: before, checkout: release.folder });
  await oldCdk.run('bootstrap', `aws://${localAccountId}/${localRegion}`);
  await oldCdk.run(...deploy);
  report(`cdk deploy of release ${release.version}: done`);

  const deployed = await deployedStack(url);
  const pcr = pcrOn(url, folder, release.folder);
  const steady = await addEndpoint(pcr, folder, 'ep_steady', '*');
  const held = await addEndpoint(pcr, folder, 'ep_held', '*');
  const { receiver } = steady;
  const run = { deployed, central, receiver, eventIds: new Set<string>(), steady, held, pcr, folder, report };
  const work = await fill(run);
  const endpoints = [steady, held, work.waiting, work.unsigned];
  const kept = await keep(run, endpoints);
  const tables = await identifyTables(deployed);

  const traffic = startTraffic(run, work);
  await cdkOn({ ...target, folder: after }).run(...deploy);
  const changes = await traffic.stop();
  report(`cdk deploy of this release: done, while ${changes} changes arrived`);
  const { lossy, tooMany } = compareTables(await readTemplateTables(before), await readTemplateTables(after));
  assertNone('The update', [
    ...lossy,
    ...(await identifyTables(deployed)).filter((table) => !tables.includes(table)),
  ]);
  report('No table was replaced');
  if (tooMany.length > 0) {
    await assertDescribed(release, tooMany);
    report(`AWS makes these changes one at a time, as docs/upgrade.md says: ${tooMany.join('; ')}`);
  }

  await finish(run, work, pcrOn(url, folder));
  assertNone('Lost', await findLosses(run, kept));
  assertNone('Doubled', findDoubled(endpoints, kept));
}

/** Checks that the guide has a section for an update that AWS does not make in one step. */
async function assertDescribed({ version }: Release, tooMany: readonly string[]): Promise<void> {
  const guide = await readFile(join(project, 'docs', 'upgrade.md'), 'utf8');
  const heading = `## From ${version}`;
  if (!guide.split('\n').includes(heading))
    throw new Error(
      [
        `AWS makes one of these changes per update. Spread them over several releases, or describe the way in docs/upgrade.md under "${heading}":`,
        ...tooMany,
      ].join('\n- '),
    );
}

function assertNone(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error([`${what}:`, ...problems].join('\n- '));
}

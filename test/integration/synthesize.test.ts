import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { expect, it, onTestFinished } from 'vitest';
import { localQuota } from '../../local/deployment.ts';
import { synthesize } from '../../local/synthesize.ts';

const templateSchema = v.object({ Resources: v.record(v.string(), v.unknown()) });

function readTemplate(file: string): unknown {
  return v.parse(templateSchema, JSON.parse(readFileSync(file, 'utf8')));
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-synthesis-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('npm start runs the template that the CDK CLI synthesizes, with the same bundles', async () => {
  const folder = temporaryFolder();
  const settings = {
    catalogs: 'AWS,Sandbox',
    settleSeconds: 0,
    readsPerSecond: localQuota.perSecond,
    readsPerDay: localQuota.perDay,
    expiringDays: 5,
  };
  const ofStage = await synthesize({ folder: join(folder, 'stage'), settings: { expiringDays: 5 } });
  const context = Object.entries(settings).flatMap(([key, value]) => ['-c', `relay:${key}=${value}`]);
  const leftOut = ['--no-asset-metadata', '--no-version-reporting', '--no-validation'];
  const { status, stderr } = spawnSync(
    'node_modules/.bin/cdk',
    ['synth', '--quiet', '--output', join(folder, 'cli'), ...leftOut, ...context],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  expect(readTemplate(ofStage)).toEqual(readTemplate(join(folder, 'cli', basename(ofStage))));
}, 300_000);

it('a setting that is not allowed ends the synthesis with its name, its value and what is allowed', async () => {
  const synthesis = synthesize({ folder: temporaryFolder(), settings: { expiringDays: 'many' } });
  await expect(synthesis).rejects.toThrow(/relay:expiringDays.*many/s);
}, 180_000);

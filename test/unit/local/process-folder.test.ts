import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { createProcessFolder } from '../../../local/host/process-folder.ts';

it('a folder of a process is removed by the next process after it ended, and no other folder is', () => {
  const parent = mkdtempSync(join(tmpdir(), 'relay-folders-'));
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const kept = [`stage-${process.pid}-abc`, `stage-${process.ppid}`, 'stage-notes', `other-${ended}`];
  for (const name of [...kept, `stage-${ended}-abc`, `stage-${ended}`]) mkdirSync(join(parent, name));
  const created = basename(createProcessFolder(parent, 'stage'));
  expect(created).toMatch(new RegExp(`^stage-${process.pid}-.{6}$`));
  expect(readdirSync(parent).toSorted()).toEqual([...kept, created].toSorted());
  rmSync(parent, { recursive: true });
});

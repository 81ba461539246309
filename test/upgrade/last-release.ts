import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTest } from '../deploy/cannot-test.ts';
import { project } from '../deploy/cdk.ts';
import { type CommandResult, lastLines, runCommand } from '../deploy/commands.ts';

export interface Release {
  readonly version: string;
  readonly commit: string;
}

/** A release in a folder of its own, with its dependencies. */
export interface CheckedOutRelease extends Release {
  readonly folder: string;
}

/**
 * Finds the newest release in a changelog, and its commit.
 * @throws Error if no release names its commit
 */
export function parseLastRelease(changelog: string): Release {
  const heading = /^## \[(?<version>\d+\.\d+\.\d+)\].*\n+Commit (?<commit>[\da-f]{7,40})\b/m.exec(changelog);
  const { version, commit } = heading?.groups ?? {};
  if (version === undefined || commit === undefined)
    throw new Error(
      'CHANGELOG.md names no release with its commit: a heading "## [1.2.3]" and below it "Commit 0123abc"',
    );
  return { version, commit };
}

/**
 * Checks out the last release into a temporary folder, which is removed when this process ends, and
 * installs its dependencies.
 * @throws CannotTest if the clone lacks the commit or the registry does not answer
 */
export async function checkOutLastRelease(report: (line: string) => void): Promise<CheckedOutRelease> {
  const release = parseLastRelease(await readFile(join(project, 'CHANGELOG.md'), 'utf8'));
  const { version, commit } = release;
  if ((await git(['cat-file', '-e', `${commit}^{commit}`])).code !== 0)
    throw new CannotTest(
      `The commit ${commit} of release ${version} is not in this clone: fetch it with \`git fetch --unshallow\`.`,
    );
  const parent = await mkdtemp(join(tmpdir(), 'last-release-'));
  const folder = join(parent, version);
  process.on('exit', () => {
    rmSync(parent, { recursive: true, force: true });
    execFileSync('git', ['worktree', 'prune'], { cwd: project });
  });
  const added = await git(['worktree', 'add', '--detach', folder, commit]);
  if (added.code !== 0)
    throw new Error(`Release ${version} cannot be checked out:\n${lastLines(added.output, 5)}`);
  report(`Installing the dependencies of release ${version} (${commit}) …`);
  const npm = ['ci', '--no-audit', '--no-fund', '--prefer-offline'];
  const installed = await runCommand('npm', npm, { env: process.env, cwd: folder });
  if (installed.code !== 0)
    throw new CannotTest(
      `The dependencies of release ${version} cannot be installed:\n${lastLines(installed.output, 5)}`,
    );
  return { ...release, folder };
}

function git(args: readonly string[]): Promise<CommandResult> {
  return runCommand('git', args, { env: process.env, cwd: project });
}

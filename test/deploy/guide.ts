import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { localRegion } from '../../local/host/local-account.ts';
import { emulatorEnvironment, project } from './cdk.ts';
import { lastLines, runCommand } from './commands.ts';

/**
 * The code blocks of a section of docs/upgrade.md.
 * @throws Error if there is none
 */
export async function readGuideBlocks(title: string, language: 'sh' | 'json'): Promise<readonly string[]> {
  const guide = await readFile(join(project, 'docs', 'upgrade.md'), 'utf8');
  const section = guide.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  const block = new RegExp(`^ *\`\`\`${language}\\n(?<code>.*?)^ *\`\`\``, 'gms');
  const blocks = [...section.matchAll(block)].flatMap(({ groups }) => groups?.['code'] ?? []);
  if (blocks.length === 0)
    throw new Error(`docs/upgrade.md has no block of ${language} in the section "${title}".`);
  return blocks;
}

export interface AwsCli {
  readonly emulatorUrl: string;
  readonly folder: string;
  /** Python in whose environment the AWS CLI is. @default the AWS CLI of this machine */
  readonly python: string | undefined;
}

/**
 * Runs the commands of a section of docs/upgrade.md with the AWS CLI.
 * @throws Error if one fails
 */
export async function followGuide(
  title: string,
  variables: Readonly<Record<string, string>>,
  { emulatorUrl, folder, python }: AwsCli,
): Promise<void> {
  const env = {
    ...emulatorEnvironment(emulatorUrl, folder),
    // The AWS CLI of PyPI reads this variable in place of AWS_REGION.
    AWS_DEFAULT_REGION: localRegion,
    PATH: [...(python === undefined ? [] : [dirname(python)]), process.env['PATH']].join(delimiter),
    ...variables,
  };
  for (const commands of await readGuideBlocks(title, 'sh')) {
    const { code, output } = await runCommand('bash', ['-euc', commands], { env });
    if (code !== 0)
      throw new Error(`These commands failed with ${code}:\n${commands}\n${lastLines(output, 10)}`);
  }
}

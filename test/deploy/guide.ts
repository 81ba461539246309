import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { project } from './cdk.ts';

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

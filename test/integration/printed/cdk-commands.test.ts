import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lib/parse-config.ts';
import { context } from '../../infra/synthesized-stack.ts';
import { listPrintedCommands, listPrintedSettings, toWords } from '../../unit/pcr/printed-commands.ts';

/*
 * Commands of the CDK that a message or a document prints need an account. `npm run test:deploy`
 * deploys, compares, imports and destroys. Here the CDK says which options each of them has.
 */

const commands = listPrintedCommands().filter((command) => command.startsWith('npx cdk '));

/** The settings behind `-c`, by key. */
function settingsOf(words: readonly string[]): Readonly<Record<string, string>> {
  const given = words.flatMap((word, index) => (words[index - 1] === '-c' ? [word] : []));
  return Object.fromEntries(given.map((text) => text.split(/=(.*)/s).slice(0, 2)));
}

describe('a setting that a document prints', () => {
  it.each(listPrintedSettings())('is accepted by the stack: %s', (options) => {
    const printed = settingsOf(toWords(options));
    const needed = 'relay:signedCommands' in printed ? { 'relay:commands': 'opportunity.update' } : {};
    expect(parseConfig({ ...context, ...needed, ...printed })).not.toHaveProperty('problems');
  });
});

describe('a printed command of the CDK', () => {
  it.each(commands)('has options of the CDK and settings of the relay: %s', (command) => {
    const [, program = '', name = '', ...rest] = toWords(command);
    const help = execFileSync(`node_modules/.bin/${program}`, [name, '--help'], { encoding: 'utf8' });
    expect(help).toContain(`cdk ${name}`);
    const options = rest.filter((word) => word.startsWith('-'));
    for (const option of options) expect(help).toMatch(new RegExp(`(?<!\\S)${option}\\b`));
    expect(parseConfig({ ...context, ...settingsOf(rest) })).not.toHaveProperty('problems');
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { freePort } from '../../../local/host/owned-process.ts';
import { describeUnless } from '../../describe-unless.ts';
import { readSections } from '../../unit/docs/markdown.ts';
import { pythonMissing } from '../readme-receivers.ts';
import { openTerminal, type Terminal, terminalColumns } from './terminal.ts';

// cspell:ignore norc

/* The steps of README.md, from `npm start` to a verified message, in three terminals. */

const readme = readFileSync('README.md', 'utf8');
const section = readSections(readme, 2).find(({ title }) => title === 'See it run')?.text ?? '';
const steps = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) =>
  block
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, ''))
    .filter((line) => line !== '' && line !== 'npm ci'),
);

/** @throws Error with what is on the screen, if the text does not come */
async function see(terminal: Terminal, text: RegExp): Promise<RegExpExecArray> {
  return vi.waitFor(
    () => {
      const found = text.exec(terminal.screen());
      if (!found) throw new Error(`${text} is not on the screen:\n${terminal.screen()}`);
      return found;
    },
    { timeout: 150_000, interval: 200 },
  );
}

describeUnless(pythonMissing(), 'the first steps of README.md', () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const terminals: Terminal[] = [];
  afterAll(async () => {
    for (const terminal of terminals) terminal.close();
    await Promise.all(terminals.map(({ exitCode }) => exitCode));
    rmSync(home, { recursive: true });
  });

  /** A shell in the checkout, of a user who has set nothing up. */
  async function openShell(): Promise<Terminal> {
    const env = {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: home,
    };
    const terminal = await openTerminal("PS1='$ ' exec bash --norc -i", {
      cwd: process.cwd(),
      env,
      lastsMs: 400_000,
    });
    terminals.push(terminal);
    return terminal;
  }

  it('lead to a verified message of a deal that a new user has changed', async () => {
    const [start = [], listen = [], receive = []] = steps;
    const port = await freePort();
    const [first, second, third] = [await openShell(), await openShell(), await openShell()];
    const type = (terminal: Terminal, lines: readonly string[]) =>
      terminal.type(lines.map((line) => `${line.replaceAll('3000', String(port))}\n`).join(''));

    // Fewer events than a person would see.
    type(
      first,
      start.map((line) => line.replace(/^npm start$/, 'npm start -- --events 60')),
    );
    await see(first, /Press Ctrl-C to end it/);
    type(second, listen);
    const [secret] = await see(second, /whsec_[\w+/=]{40,}/);
    type(
      third,
      receive.map((line) => line.replace('whsec_…', secret)),
    );
    await see(third, /opportunity\.updated O\d+ \d+ \[/);
    await see(third, /path: '\/LifeCycle\/Stage'/);
    await see(second, /opportunity\.updated .*204/);

    second.type('\u0003');
    await see(second, /was removed/);
    first.type('\u0003');
    await see(first, /Ctrl-C to end it[^]*\n\$ $/);
    const lines = first.screen().split('\n');
    expect(lines.filter((line) => line.length > terminalColumns)).toEqual([]);
  }, 400_000);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { freePort } from '../../../local/host/owned-process.ts';
import { describeUnless } from '../../describe-unless.ts';
import { readSections } from '../../unit/docs/markdown.ts';
import { pythonMissing } from '../readme-receivers.ts';
import { openTerminal, type Terminal } from './terminal.ts';

// cspell:ignore norc

/*
 * The steps of examples/crm/README.md, from `npm start` to a conflict, and those of
 * docs/commands.md, from `npm start` to a command.
 */

function blocksOf(text: string, language: 'sh' | 'json'): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block = '']) => block,
  );
}

const steps = blocksOf(readFileSync('examples/crm/README.md', 'utf8'), 'sh');
const ofDoor =
  readSections(readFileSync('docs/commands.md', 'utf8'), 2).find(({ title }) => title === 'The signed door')
    ?.text ?? '';

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

describeUnless(pythonMissing(), 'the steps of the example CRM and of the example clients', () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const terminals: Terminal[] = [];
  afterAll(async () => {
    for (const terminal of terminals) terminal.close();
    await Promise.all(terminals.map(({ exitCode }) => exitCode));
    rmSync(home, { recursive: true });
  });

  async function openShell(): Promise<Terminal> {
    const env = {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: home,
      // Not the database of someone who tries the example in this checkout.
      CRM_DATABASE: join(home, 'crm.sqlite'),
      COLUMNS: '200',
    };
    const terminal = await openTerminal("PS1='$ ' exec bash --norc -i", {
      cwd: process.cwd(),
      env,
      lastsMs: 600_000,
    });
    terminals.push(terminal);
    return terminal;
  }

  it('lead to an edit that is written, and to a conflict that shows both values', async () => {
    const [start = '', add = '', serve = '', edit = '', overtake = ''] = steps;
    const port = await freePort();
    const [first, second, third] = [await openShell(), await openShell(), await openShell()];
    const filled = new Map([['4000', String(port)]]);
    const type = (terminal: Terminal, block: string) =>
      terminal.type([...filled].reduce((text, [printed, value]) => text.replaceAll(printed, value), block));

    // Fewer events than a person would see.
    type(first, start.replace(/^npm start$/m, 'npm start -- --events 60'));
    const [, url = ''] = await see(first, /RELAY_URL=(http:\S+)/);
    await see(first, /Press Ctrl-C to end it/);
    type(second, add);
    await see(second, /Added ep_crm[^]*whsec_[\w+/=]{40,}[^]*\$ $/);
    const [relaySecret = '', webhookSecret = ''] = second.screen().match(/whsec_[\w+/=]{40,}/g) ?? [];
    filled.set("'http://127.0.0.1:…'", url);
    filled.set("RELAY_SECRET='whsec_…'", `RELAY_SECRET='${relaySecret}'`);
    filled.set("WEBHOOK_SECRET='whsec_…'", `WEBHOOK_SECRET='${webhookSecret}'`);
    type(third, serve);
    await see(third, /Listens on port \d+/);

    const [alias = '', create = '', ...rest] = edit.split('\n');
    type(second, `${alias}\n${create}\n`);
    const [, id = ''] = await see(second, /AWS\/opportunity\/(O\d+)[^]*ep_crm: +delivered/);
    filled.set('O1234567', id);
    type(second, rest.join('\n'));
    await see(second, new RegExp(`"key":"${id}/`));
    await seeEdits(second, /"wanted":"Send the offer","state":"succeeded","why":null,"now":"Send the offer"/);

    third.type('\u0003');
    await see(third, /\^C[^]*\$ $/);
    type(second, overtake);
    await see(second, /\/LifeCycle\/NextSteps: .* → /);
    third.type('crm serve\n');
    await seeEdits(second, /"wanted":"Ask for the budget","state":"failed","why":"conflict","now":"[^(]/);
    const [, key = ''] = await see(second, /"key":"([^"]+)"[^\n]*"wanted":"Ask for the budget"/);
    second.type(`crm again ${key}\n`);
    await seeEdits(second, /"state":"sent again"[^]*"wanted":"Ask for the budget","state":"succeeded"/);

    first.type('\u0003');
    await see(first, /Ctrl-C to end it[^]*\n\$ $/);
  }, 600_000);

  it('lead to a command of the example clients that has succeeded', async () => {
    const [add = '', send = ''] = blocksOf(ofDoor, 'sh');
    const [request = ''] = blocksOf(ofDoor, 'json');
    const [first, second] = [await openShell(), await openShell()];
    first.type('npm start -- --events 60\n');
    const [, url = ''] = await see(first, /RELAY_URL=(http:\S+)/);
    await see(first, /Press Ctrl-C to end it/);
    second.type(add);
    const [, id = ''] = await see(second, /AWS\/opportunity\/(O\d+)[^]*\$ $/);
    const [secret = ''] = second.screen().match(/whsec_[\w+/=]{40,}/g) ?? [];
    const file = join(home, 'request.json');
    writeFileSync(file, request.replace('O1234567', id));
    const filled = send
      .replace('http://127.0.0.1:…', url)
      .replace('whsec_…', secret)
      .replace('request.json', file);
    second.type(filled);
    await see(second, /\n202 \{[^]*"status":"accepted"[^]*\n200 \{[^]*Send the offer/);
    const [again = ''] = send.split('\n').filter((line) => line.startsWith('python3'));
    await vi.waitFor(
      async () => {
        second.type(`${again}\n`);
        await vi.waitFor(() => expect(second.screen()).toContain('"status":"succeeded"'), { timeout: 5_000 });
      },
      { timeout: 120_000, interval: 1_000 },
    );
    first.type('\u0003');
    await see(first, /Ctrl-C to end it[^]*\n\$ $/);
  }, 400_000);
});

/** Lists the edits again until they are as expected. */
async function seeEdits(terminal: Terminal, expected: RegExp): Promise<void> {
  await vi.waitFor(
    async () => {
      const from = terminal.screen().length;
      terminal.type('crm edits\n');
      await vi.waitFor(() => expect(terminal.screen().slice(from)).toMatch(/crm edits\r?\n[^]*\$ $/), {
        timeout: 20_000,
      });
      expect(terminal.screen().slice(from)).toMatch(expected);
    },
    { timeout: 120_000, interval: 1_000 },
  );
}

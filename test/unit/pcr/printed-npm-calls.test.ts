import { existsSync, globSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parts } from '../../../docs/generate/parts.ts';
import { parseChaosOptions } from '../../../local/chaos/options.ts';
import { parseDrillOptions } from '../../../local/drill/options.ts';
import { parseHostileOptions } from '../../../local/hostile/options.ts';
import { parseOptions } from '../../../local/options.ts';
import { parseSimulationOptions } from '../../../local/simulation/options.ts';
import { parseSoakOptions } from '../../../local/soak/options.ts';
import { listNpmCalls, listPrintedCommands, toWords } from './printed-commands.ts';

/* Calls of npm that a document prints name a script, with arguments that its program accepts. */

const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync('package.json', 'utf8')),
);
const calls = listNpmCalls();

const measurements = globSync('bench/*.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/\bname: '(\w+)'/g)].map(([, name = '']) => name),
);

/** What stands in a document for a name of the reader's choice, by script. */
const names: Readonly<Record<string, string>> = {
  drill: 'ParkedFanOut',
  simulate: 'lease',
  docs: 'settings',
};

/** Reads the arguments of a script as its program does. @returns problems, if there are any */
const programs: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  chaos: (args) => parseChaosOptions(args, 1),
  docs: (args) =>
    readNames(
      args,
      parts.map(({ name }) => name),
    ),
  drift: (args) => readNames(args, ['--record']),
  drill: parseDrillOptions,
  bench: (args) => readNames(args, [...measurements, '--save', '--json']),
  hostile: parseHostileOptions,
  soak: parseSoakOptions,
  simulate: (args) => parseSimulationOptions(args, 1),
  start: (args) => parseOptions(args, 1),
};

function readNames(args: readonly string[], known: readonly string[]): object {
  const problems = args.filter((name) => !known.includes(name));
  return problems.length > 0 ? { problems } : {};
}

/** The script that npm would run, and its arguments. */
function scriptOf([verb = '', ...rest]: readonly string[]): readonly [
  script: string,
  args: readonly string[],
] {
  const words = rest.filter((word) => word !== '-s' && word !== '--silent');
  const [script = '', ...after] = verb === 'run' ? words : [verb, ...words];
  return [script, after[0] === '--' ? after.slice(1) : after];
}

it('calls of npm are found in blocks, sentences and tables of documents', () => {
  expect(calls).toEqual(
    expect.arrayContaining([
      'ci',
      'run drill -- ParkedFanOut',
      'run test:unit',
      'start -- --once --events 400 --seed 7',
    ]),
  );
});

describe('a printed call of npm', () => {
  const ofScripts = calls.filter((line) => !/^(?:ci|install|link)\b/.test(line));

  it.each(ofScripts)('names a script, and its program accepts the arguments: npm %s', (line) => {
    const call = toWords(line);
    const [script, args] = scriptOf(call);
    expect(Object.keys(scripts)).toContain(script);
    const given = args.map((arg) => (arg === 'NAME' ? (names[script] ?? arg) : arg));
    const read = programs[script];
    if (read) expect(read(given)).not.toHaveProperty('problems');
    else expect(given).toEqual([]);
  });

  it('names a folder or file of tests that exists', () => {
    const runs = listPrintedCommands().filter((command) => command.startsWith('npx vitest run '));
    expect(runs).not.toEqual([]);
    for (const path of runs.flatMap((command) => toWords(command).filter((word) => word.startsWith('test/'))))
      expect(existsSync(path), path).toBe(true);
  });
});

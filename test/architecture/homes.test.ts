import { describe, expect, it } from 'vitest';
import { findEmptyHomes, findLogNames, findStrays, findUnionMembers, homeRules, isBarrel } from './homes.ts';
import { parseSource, readSourceFiles, type SourceFile } from './source-files.ts';

const files = readSourceFiles('bin', 'lib', 'lambdas', 'local', 'bench', 'docs', 'test');
const inFolders = (...folders: string[]): readonly SourceFile[] =>
  files.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));

it.each(['bin', 'lib', 'lambdas', 'local', 'bench', 'docs', 'test'])(
  'checks files in the folder %s',
  (folder) => {
    expect(inFolders(folder)).not.toEqual([]);
  },
);

describe.each(homeRules)('$name', (rule) => {
  it('appears only in its homes', () => {
    expect(findStrays(rule, files)).toEqual([]);
  });

  it('appears in every one of its homes', () => {
    expect(findEmptyHomes(rule, files)).toEqual([]);
  });

  it.each(rule.violations)('is found in the code %j', (code) => {
    expect(findStrays(rule, [parseSource('lambdas/core/made-up.ts', `\n${code};`)])).toContain(
      'lambdas/core/made-up.ts:2',
    );
  });

  it.each(rule.lookalikes)('is not found in the code %j', (code) => {
    expect(findStrays(rule, [parseSource('lambdas/core/made-up.ts', code)])).toEqual([]);
  });

  it('is reported as missing from a home without it', () => {
    const homes = [[/^lambdas\/ports\//, 'made up']] as const;
    expect(findEmptyHomes({ ...rule, homes }, files)).toEqual(['^lambdas\\/ports\\/']);
  });
});

describe('comments that suppress a tool', () => {
  const silencing = /(?:\/\/|\/\*)\s*(?:@ts-|biome-ignore|oxlint-disable|eslint-disable|v8 ignore)/;

  it('exist in no file', () => {
    expect(files.filter(({ text }) => silencing.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it.each(['ts-ignore', 'ts-expect-error', 'ts-nocheck'])('are recognized by the word @%s', (word) => {
    expect(`const a = 1; // @${word}: a reason`).toMatch(silencing);
  });
});

describe('names of files', () => {
  const paths = files.map(({ path }) => path);
  const saysNothing = /(?:^|[/-])(?:utils?|helpers?|common|managers?|shared|misc)(?:[-.]|$)|\/index\.ts$/;
  /** Name of an AWS service. */
  const allowed = 'secrets-manager';

  it('are in kebab case without exception', () => {
    expect(paths.filter((path) => !/^[a-z0-9]+(?:[-./][a-z0-9]+)*\.tsx?$/.test(path))).toEqual([]);
  });

  it('describe what the files contain', () => {
    expect(paths.filter((path) => saysNothing.test(path.replace(allowed, '')))).toEqual([]);
    expect(['lib/utils.ts', 'lambdas/core/index.ts', 'lib/table-helpers.ts']).toSatisfy((made: string[]) =>
      made.every((path) => saysNothing.test(path)),
    );
  });

  it('never belong to barrels', () => {
    expect(files.filter(isBarrel).map(({ path }) => path)).toEqual([]);
    expect(
      isBarrel(parseSource('lib/made-up.ts', "export * from './a.ts'; export { b } from './b.ts';")),
    ).toBe(true);
  });
});

describe('the length of files', () => {
  const most = 150;
  /** Longer files, each with the reason. */
  const longer: Readonly<Record<string, string>> = {
    'lambdas/adapters/delivery-item.ts': 'every attribute of a delivery with its parser, in one place',
    'lambdas/adapters/record-item.ts': 'every attribute of a record with its parser, in one place',
    'lambdas/adapters/dynamodb-delivery-store.ts':
      'claim, settle and revive form one state machine, whose conditions are easier to compare side by side',
    'lambdas/core/command-schema.ts': 'every member of a request with its schema and its limits',
    'lambdas/core/endpoint-gate.ts':
      'slots, breaker and pace of an endpoint are one row and are decided together',
    'lambdas/core/event-pattern-places.ts': 'the walk over an event, and what it remembers of equal elements',
    'lambdas/core/event-pattern.ts': 'every limit of a pattern with the expansion of its alternatives',
    'lambdas/core/partner-event.ts': 'every shape of an event that AWS sends, in one place',
    'lambdas/core/endpoint-definition.ts': 'every field of an endpoint with its schema and its limits',
    'lambdas/core/version.ts': 'a version is made by an observation, a restatement or an erasure alike',
    'lambdas/ports/command-store.ts': 'every promise about lines, tickets and moves, with the types it names',
    'lambdas/core/service-error.ts': 'every error code beside its retry decision, in one table',
    'lib/settings.ts': 'every setting with its default and what is allowed, in one place',
    'lib/constructs/webhook-delivery.ts': 'three functions and the doorbells between them',
  };
  const long = inFolders('lambdas', 'lib')
    .filter(({ text }) => text.trimEnd().split('\n').length > most)
    .map(({ path }) => path);

  it(`is at most ${most} lines in lambdas and lib, except for files with a reason`, () => {
    expect(long.toSorted()).toEqual(Object.keys(longer).toSorted());
  });
});

describe('the names of log events', () => {
  const [port] = files.filter(({ path }) => path === 'lambdas/ports/log.ts');
  const words = port ? ['TracedEvent', 'GeneralEvent'].flatMap((name) => findUnionMembers(port, name)) : [];
  const written = inFolders('lambdas').flatMap(findLogNames);

  it('have the form noun.past-participle', () => {
    expect(words).not.toEqual([]);
    const shape = /^[a-z]+(?:-[a-z]+)*\.(?:[a-z]+-)?(?:[a-z]+ed|held)(?:-[a-z]+)?$/;
    expect(words.filter((word) => !shape.test(word))).toEqual([]);
  });

  it('are exactly the names that functions log', () => {
    expect([...new Set(written)].toSorted()).toEqual(words.toSorted());
  });

  it('are found in every call of a log', () => {
    const text =
      "log.info('a.parked', {}); deps.log.warn('b.parked', {}); log.error(name, {}); logger.info('c', {});";
    expect(findLogNames(parseSource('lambdas/core/made-up.ts', text))).toEqual([
      'a.parked',
      'b.parked',
      'computed',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { findForbiddenImports, findLayer, layers } from './arrows.ts';
import { findImports, parseSource, readSourceFiles } from './source-files.ts';

const port = (text: string) => findForbiddenImports([parseSource('lambdas/ports/made-up.ts', text)]);

const files = readSourceFiles('bin', 'lib', 'lambdas');

describe('the arrows of this project', () => {
  it.each(layers.map(({ name }) => name))('are looked for in the files of %s', (name) => {
    expect(files.filter(({ path }) => findLayer(path)?.name === name)).not.toEqual([]);
  });

  it.each(files.map((file) => [file.path, file] as const))(
    'of %s are all seen: as many as a search for the word finds',
    (_path, file) => {
      const found = file.text.match(/^(?:import\b.*|export\b.*|\}) from '[^']+'(?: with \{.*\})?;$/gm) ?? [];
      const later = file.text.match(/\bimport\(\s*'[^']+',?\s*\)/g) ?? [];
      expect(findImports(file)).toHaveLength(found.length + later.length);
    },
  );

  it('point only where the rules allow', () => {
    expect(findForbiddenImports(files)).toEqual([]);
  });
});

describe('the check of arrows', () => {
  const allowed: readonly (readonly [string, string])[] = [
    ['bin/app.ts', '../lib/config.ts'],
    ['bin/app.ts', 'aws-cdk-lib'],
    ['bin/pcr.ts', './pcr/run.ts'],
    ['bin/pcr/run.ts', 'commander'],
    ['bin/pcr/commands/endpoints.ts', '../io.ts'],
    ['bin/pcr/commands/endpoints.ts', '../../../lambdas/core/endpoint.ts'],
    ['bin/pcr/relay.ts', '../../lambdas/adapters/aws-clients.ts'],
    ['bin/pcr/commands/listen.ts', '../../../lambdas/deliver/deliver.ts'],
    ['bin/pcr/commands/listen.ts', '../../../lambdas/deliver/contract.ts'],
    ['lib/constructs/hydration.ts', '../../lambdas/hydrate/contract.ts'],
    ['lib/constructs/hydration.ts', '../../lambdas/runtime/contract.ts'],
    ['lambdas/build.ts', './deliver/contract.ts'],
    ['lambdas/core/ids.ts', './digest.ts'],
    ['lambdas/core/digest.ts', 'node:crypto'],
    ['lambdas/adapters/sqs-doorbell.ts', '../ports/doorbell.ts'],
    ['lambdas/adapters/sqs-doorbell.ts', '@aws-sdk/client-sqs'],
    ['lambdas/deliver/deliver.ts', './contract.ts'],
    ['lambdas/hydrate/opportunity.ts', './hydration.ts'],
    ['lambdas/hydrate/opportunity-handler.ts', './composition.ts'],
    ['lambdas/deliver/handler.ts', '../adapters/sqs-doorbell.ts'],
    ['lambdas/runtime/observed.ts', '../adapters/powertools-log.ts'],
    ['lambdas/runtime/sqs-batch.ts', '../ports/log.ts'],
  ];

  it.each(allowed)('lets %s import %s', (path, specifier) => {
    expect(findForbiddenImports([parseSource(path, `import { a } from '${specifier}';`)])).toEqual([]);
  });

  const forbidden: readonly (readonly [string, string, string])[] = [
    ['bin/app.ts', '../lambdas/core/ids.ts', 'bin imports'],
    ['bin/app.ts', '../local/main.ts', 'bin imports'],
    ['bin/app.ts', './pcr/run.ts', 'bin imports'],
    ['bin/pcr/run.ts', '../../lib/config.ts', 'pcr imports'],
    ['bin/pcr/run.ts', '../../local/main.ts', 'pcr imports'],
    ['bin/pcr/run.ts', '../app.ts', 'pcr imports'],
    ['bin/pcr/listening.ts', '../../lambdas/deliver/handler.ts', 'pcr imports'],
    ['bin/pcr/listening.ts', '../../lambdas/hydrate/composition.ts', 'pcr imports'],
    ['bin/pcr/listening.ts', '../../lambdas/runtime/env.ts', 'pcr imports'],
    ['lib/config.ts', '../lambdas/core/ids.ts', 'lib imports'],
    ['lib/config.ts', '../lambdas/adapters/sqs-doorbell.ts', 'lib imports'],
    ['lib/config.ts', '../lambdas/deliver/deliver.ts', 'lib imports'],
    ['lambdas/build.ts', './core/ids.ts', 'the build imports'],
    ['lambdas/core/ids.ts', '../ports/clock.ts', 'core imports'],
    ['lambdas/core/ids.ts', 'valibot', 'core imports'],
    ['lambdas/core/ids.ts', 'node:fs', 'core imports'],
    ['lambdas/adapters/sqs-doorbell.ts', '../deliver/contract.ts', 'adapters import'],
    ['lambdas/adapters/sqs-doorbell.ts', '../runtime/env.ts', 'adapters import'],
    ['lambdas/runtime/sqs-batch.ts', '../adapters/sqs-doorbell.ts', 'runtime imports'],
    ['lambdas/runtime/sqs-batch.ts', './observed.ts', 'runtime imports'],
    ['lambdas/runtime/observed.ts', '../adapters/sqs-doorbell.ts', 'runtime/observed imports'],
    ['lambdas/runtime/env.ts', '../deliver/contract.ts', 'runtime imports'],
    ['lambdas/deliver/contract.ts', '../adapters/sqs-doorbell.ts', 'a contract imports'],
    ['lambdas/deliver/contract.ts', '../runtime/sqs-batch.ts', 'a contract imports'],
    ['lambdas/deliver/contract.ts', './deliver.ts', 'a contract imports'],
    ['lambdas/deliver/deliver.ts', '../adapters/system-clock.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', '../runtime/env.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', '../sweep/sweep.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', './handler.ts', 'a use case imports'],
    ['lambdas/hydrate/opportunity.ts', './composition.ts', 'a use case imports'],
    ['lambdas/hydrate/opportunity.ts', './invitation-handler.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', 'node:timers', 'a use case imports'],
    ['lambdas/deliver/handler.ts', '../sweep/sweep.ts', 'handlers import'],
    ['lambdas/deliver/handler.ts', '../../test/fakes/manual-clock.ts', 'handlers import'],
    ['lambdas/deliver/handler.ts', '../../../lambdas/core/ids.ts', 'handlers import'],
  ];

  it.each(forbidden)('names %s importing %s, and the rule', (path, specifier, rule) => {
    const found = findForbiddenImports([parseSource(path, `import { a } from '${specifier}';`)]);
    expect(found).toEqual([expect.stringMatching(`^${path} imports .*: ${rule}`)]);
  });

  it.each([
    "import '../adapters/system-clock.ts';",
    "import type { Clock } from '../adapters/system-clock.ts';",
    "import { type Clock } from '../adapters/system-clock.ts';",
    "import * as clock from '../adapters/system-clock.ts';",
    "import {\n  systemClock,\n} from '../adapters/system-clock.ts';",
    "export { systemClock } from '../adapters/system-clock.ts';",
    "export type { Clock } from '../adapters/system-clock.ts';",
    "export * from '../adapters/system-clock.ts';",
    "const clock = await import('../adapters/system-clock.ts');",
    "type Clock = import('../adapters/system-clock.ts').Clock;",
    "const clock = require('../adapters/system-clock.ts');",
  ])('sees %j', (text) => {
    expect(findForbiddenImports([parseSource('lambdas/core/made-up.ts', text)])).toEqual([
      'lambdas/core/made-up.ts imports lambdas/adapters/system-clock.ts: core imports core and node:crypto',
    ]);
  });

  it('refuses a name that is made at run time', () => {
    expect(
      findForbiddenImports([parseSource('lambdas/adapters/made-up.ts', 'await import(`./${name}.ts`);')]),
    ).toEqual([expect.stringContaining('imports computed')]);
  });

  it('lets ports import types, and nothing that is there at run time', () => {
    expect(port("import type { Json } from '../core/json.ts';")).toEqual([]);
    expect(port("import { type Json } from '../core/json.ts';")).toEqual([]);
    expect(port("import { type Json, at } from '../core/json.ts';")).toEqual([
      expect.stringContaining('for more than its types'),
    ]);
    expect(port("import type { Sender } from '@aws-sdk/client-sqs';")).toHaveLength(1);
  });

  it('refuses a file that no rule speaks of', () => {
    expect(findForbiddenImports([parseSource('scripts/made-up.ts', 'export const a = 1;')])).toEqual([
      expect.stringContaining('scripts/made-up.ts is in no layer'),
    ]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findForbiddenImports, findLayer, layers } from './arrows.ts';
import { findImports, parseSource, readSourceFiles, type SourceFile } from './source-files.ts';

const port = (text: string) => findForbiddenImports([parseSource('lambdas/ports/made-up.ts', text)]);

const files = readSourceFiles('bin', 'lib', 'lambdas');

describe('imports between layers', () => {
  it.each(layers.map(({ name }) => name))('are checked in the files of the layer %s', (name) => {
    expect(files.filter(({ path }) => findLayer(path)?.name === name)).not.toEqual([]);
  });

  it.each(files.map((file) => [file.path, file] as const))(
    'are all found in %s, as many as a search for the keyword finds',
    (_path, file) => {
      const found = file.text.match(/^(?:import\b.*|export\b.*|\}) from '[^']+'(?: with \{.*\})?;$/gm) ?? [];
      const later = file.text.match(/\bimport\(\s*'[^']+',?\s*\)/g) ?? [];
      expect(findImports(file)).toHaveLength(found.length + later.length);
    },
  );

  it('point only where the layers allow', () => {
    expect(findForbiddenImports(files)).toEqual([]);
  });
});

const foreignImports = (file: SourceFile) =>
  findImports(file)
    .map(({ target }) => target)
    .filter((target) => !target.startsWith('node:') && target !== 'package:standardwebhooks')
    .filter((target) => dirname(target) !== dirname(file.path));

/** Readers copy the folder of an example: it needs one package and nothing of this project. */
describe('an example', () => {
  it('imports modules of Node, the package standardwebhooks and files of its own folder only', () => {
    const paths = readdirSync('examples', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => `examples/${name}`);
    expect(paths).toContain('examples/crm/crm.mjs');
    const foreign = paths.flatMap((path) => foreignImports(parseSource(path, readFileSync(path, 'utf8'))));
    expect(foreign).toEqual([]);
    const madeUp = ['./own.mjs', 'node:fs', 'standardwebhooks', 'hono', '../../lambdas/core/json.ts']
      .map((target) => `import '${target}';`)
      .join(' ');
    expect(foreignImports(parseSource('examples/crm/made-up.mjs', madeUp))).toEqual([
      'package:hono',
      'lambdas/core/json.ts',
    ]);
  });
});

describe('findForbiddenImports', () => {
  const allowed: readonly (readonly [string, string])[] = [
    ['bin/app.ts', '../lib/config.ts'],
    ['bin/app.ts', 'aws-cdk-lib'],
    ['bin/pcr.ts', './pcr/run.ts'],
    ['bin/pcr/run.ts', 'commander'],
    ['bin/pcr/console/page/app.tsx', './polled.ts'],
    ['bin/pcr/console/page/app.tsx', '../api.ts'],
    ['bin/pcr/console/page/app.tsx', 'preact/hooks'],
    ['bin/pcr/commands/endpoints.ts', '../io.ts'],
    ['bin/pcr/commands/endpoints.ts', '../../../lambdas/core/endpoint.ts'],
    ['bin/pcr/relay.ts', '../../lambdas/adapters/aws-clients.ts'],
    ['bin/pcr/commands/quota.ts', '../../../lambdas/quota/limiter.ts'],
    ['bin/pcr/commands/listen.ts', '../../../lambdas/deliver/deliver.ts'],
    ['bin/pcr/commands/listen.ts', '../../../lambdas/deliver/contract.ts'],
    ['lib/constructs/hydration.ts', '../../lambdas/hydrate/contract.ts'],
    ['lib/constructs/hydration.ts', '../../lambdas/runtime/contract.ts'],
    ['lib/constructs/record-store.ts', '../../lambdas/core/tables.ts'],
    ['lib/config.ts', '../lambdas/core/value-schema.ts'],
    ['lambdas/build.ts', './deliver/contract.ts'],
    ['lambdas/core/ids.ts', './digest.ts'],
    ['lambdas/core/digest.ts', 'node:crypto'],
    ['lambdas/core/endpoint-definition.ts', 'valibot'],
    ['lambdas/records/append.ts', '../core/record.ts'],
    ['lambdas/records/append.ts', '../ports/record-store.ts'],
    ['lambdas/quota/limiter.ts', '../ports/clock.ts'],
    ['lambdas/adapters/sqs-doorbell.ts', '../ports/doorbell.ts'],
    ['lambdas/adapters/sqs-doorbell.ts', '@aws-sdk/client-sqs'],
    ['lambdas/deliver/deliver.ts', './contract.ts'],
    ['lambdas/hydrate/opportunity.ts', '../records/append.ts'],
    ['lambdas/hydrate/opportunity.ts', '../quota/limiter.ts'],
    ['lambdas/hydrate/opportunity.ts', './hydration.ts'],
    ['lambdas/hydrate/opportunity-handler.ts', './compose.ts'],
    ['lambdas/hydrate/connect.ts', '../adapters/sqs-work-queue.ts'],
    ['lambdas/deliver/compose.ts', '../runtime/sqs-batch.ts'],
    ['lambdas/deliver/handler.ts', '../adapters/sqs-doorbell.ts'],
    ['lambdas/runtime/lambda-handler.ts', '../adapters/powertools-log.ts'],
    ['lambdas/runtime/sqs-batch.ts', '../ports/log.ts'],
  ];

  it.each(allowed)('allows %s to import %s', (path, specifier) => {
    expect(findForbiddenImports([parseSource(path, `import { a } from '${specifier}';`)])).toEqual([]);
  });

  const forbidden: readonly (readonly [string, string, string])[] = [
    ['bin/app.ts', '../lambdas/core/ids.ts', 'bin imports'],
    ['bin/app.ts', '../local/main.ts', 'bin imports'],
    ['bin/app.ts', './pcr/run.ts', 'bin imports'],
    ['bin/pcr/run.ts', '../../lib/config.ts', 'pcr imports'],
    ['bin/pcr/run.ts', '../../local/main.ts', 'pcr imports'],
    ['bin/pcr/run.ts', '../app.ts', 'pcr imports'],
    ['bin/pcr/run.ts', './console/page/route.ts', 'pcr imports'],
    ['bin/pcr/console/page/app.tsx', '../../io.ts', 'the page of the console'],
    ['bin/pcr/console/page/app.tsx', '../../../../lambdas/core/ids.ts', 'the page of the console'],
    ['bin/pcr/console/page/app.tsx', 'node:fs', 'the page of the console'],
    ['bin/pcr/listening.ts', '../../lambdas/deliver/handler.ts', 'pcr imports'],
    ['bin/pcr/listening.ts', '../../lambdas/hydrate/compose.ts', 'pcr imports'],
    ['bin/pcr/listening.ts', '../../lambdas/runtime/env.ts', 'pcr imports'],
    ['lib/config.ts', '../lambdas/core/ids.ts', 'lib imports'],
    ['lib/config.ts', '../lambdas/adapters/sqs-doorbell.ts', 'lib imports'],
    ['lib/config.ts', '../lambdas/deliver/deliver.ts', 'lib imports'],
    ['lambdas/build.ts', './core/ids.ts', 'the build imports'],
    ['lambdas/core/ids.ts', '../ports/clock.ts', 'core imports'],
    ['lambdas/core/ids.ts', 'dataloader', 'core imports'],
    ['lambdas/core/ids.ts', '../records/append.ts', 'core imports'],
    ['lambdas/records/append.ts', '../adapters/dynamodb-record-store.ts', 'records import'],
    ['lambdas/records/append.ts', '../hydrate/opportunity.ts', 'records import'],
    ['lambdas/quota/limiter.ts', '../adapters/system-clock.ts', 'quota imports'],
    ['lambdas/quota/limiter.ts', '../records/append.ts', 'quota imports'],
    ['lambdas/adapters/sqs-doorbell.ts', '../records/append.ts', 'adapters import'],
    ['lambdas/core/ids.ts', 'node:fs', 'core imports'],
    ['lambdas/adapters/sqs-doorbell.ts', '../deliver/contract.ts', 'adapters import'],
    ['lambdas/adapters/sqs-doorbell.ts', '../runtime/env.ts', 'adapters import'],
    ['lambdas/runtime/sqs-batch.ts', '../adapters/sqs-doorbell.ts', 'runtime imports'],
    ['lambdas/runtime/sqs-batch.ts', './lambda-handler.ts', 'runtime imports'],
    ['lambdas/runtime/lambda-handler.ts', '../adapters/sqs-doorbell.ts', 'lambdaHandler imports'],
    ['lambdas/runtime/env.ts', '../deliver/contract.ts', 'runtime imports'],
    ['lambdas/deliver/contract.ts', '../adapters/sqs-doorbell.ts', 'a contract imports'],
    ['lambdas/deliver/contract.ts', '../runtime/sqs-batch.ts', 'a contract imports'],
    ['lambdas/deliver/contract.ts', './deliver.ts', 'a contract imports'],
    ['lambdas/deliver/deliver.ts', '../adapters/system-clock.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', '../runtime/env.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', '../sweep/sweep.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', './handler.ts', 'a use case imports'],
    ['lambdas/hydrate/opportunity.ts', './compose.ts', 'a use case imports'],
    ['lambdas/hydrate/opportunity.ts', './invitation-handler.ts', 'a use case imports'],
    ['lambdas/deliver/deliver.ts', 'node:timers', 'a use case imports'],
    ['lambdas/deliver/compose.ts', '../adapters/sqs-doorbell.ts', 'a composition imports'],
    ['lambdas/deliver/compose.ts', '../runtime/lambda-handler.ts', 'a composition imports'],
    ['lambdas/hydrate/compose.ts', './connect.ts', 'a composition imports'],
    ['lambdas/deliver/handler.ts', '../sweep/sweep.ts', 'handlers import'],
    ['lambdas/deliver/handler.ts', '../../test/fakes/manual-clock.ts', 'handlers import'],
    ['lambdas/deliver/handler.ts', '../../../lambdas/core/ids.ts', 'handlers import'],
  ];

  it.each(forbidden)('reports %s importing %s, with the rule', (path, specifier, rule) => {
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
  ])('reports the import in %j', (text) => {
    expect(findForbiddenImports([parseSource('lambdas/core/made-up.ts', text)])).toEqual([
      'lambdas/core/made-up.ts imports lambdas/adapters/system-clock.ts: core imports core, node:crypto, node:net and valibot',
    ]);
  });

  it('reports an import whose path is computed at run time', () => {
    expect(
      findForbiddenImports([parseSource('lambdas/adapters/made-up.ts', 'await import(`./${name}.ts`);')]),
    ).toEqual([expect.stringContaining('imports computed')]);
  });

  it('allows ports to import types, and nothing that exists at run time', () => {
    expect(port("import type { Json } from '../core/json.ts';")).toEqual([]);
    expect(port("import { type Json } from '../core/json.ts';")).toEqual([]);
    expect(port("import { type Json, at } from '../core/json.ts';")).toEqual([
      expect.stringContaining('for more than its types'),
    ]);
    expect(port("import type { Sender } from '@aws-sdk/client-sqs';")).toHaveLength(1);
  });

  it('reports a file that belongs to no layer', () => {
    expect(findForbiddenImports([parseSource('scripts/made-up.ts', 'export const a = 1;')])).toEqual([
      expect.stringContaining('scripts/made-up.ts is in no layer'),
    ]);
  });
});

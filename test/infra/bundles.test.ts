import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, buildBundles } from '../../lambdas/build.ts';
import {
  commandFunctions,
  doorFunctions,
  exportFunctions,
  functions as usualFunctions,
} from './functions.ts';
import { synthesize, temporaryFolder } from './synthesized-stack.ts';

const run = promisify(execFile);
const folder = temporaryFolder();
const functions = [...usualFunctions, ...commandFunctions, ...doorFunctions, ...exportFunctions];
const { ofType, logicalId } = synthesize({
  settings: { commands: 'opportunity.update', signedCommands: true, exportHours: 24 },
});

/** Limit for the whole folder of a bundle, which Lambda downloads before a cold start. */
const bytesAllowed = 430 * 1024;

/** Variables that Lambda itself sets, as far as the bundles read them. */
const setByLambda = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'made-up',
  AWS_SECRET_ACCESS_KEY: 'made-up',
  AWS_SESSION_TOKEN: 'made-up',
  AWS_LAMBDA_FUNCTION_NAME: 'made-up',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: '/var/task',
};

const environmentSchema = v.object({
  Environment: v.object({ Variables: v.record(v.string(), v.unknown()) }),
});

/** The environment in the template, with a made-up text for each value that deployment resolves. */
function environmentOf(path: string): Record<string, string> {
  const id = logicalId(`${path}/Function`);
  const properties = ofType('AWS::Lambda::Function').find(([name]) => name === id)?.[1];
  const { Variables } = v.parse(environmentSchema, properties).Environment;
  return Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : `made-up-${name}`,
    ]),
  );
}

/**
 * Imports a bundle like Lambda: in its own process with exactly this environment.
 * @returns the type of the handler, and what was loaded of modules that a cold start does not need
 */
async function importBundle(name: string, environment: Record<string, string>): Promise<string> {
  const entry = join(folder, name, 'index.mjs');
  const script = `const { handler } = await import(${JSON.stringify(entry)}); console.log(typeof handler);
    console.log(process.moduleLoadList.filter((name) => /undici|zlib|fs.promises/.test(name)).join(' '));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: { ...setByLambda, ...environment },
  });
  return stdout.trim();
}

describe('bundles', () => {
  let built: readonly Bundle[] = [];
  beforeAll(async () => {
    built = await buildBundles(folder);
  });

  it('exist for every function', () => {
    const names = functions.map(({ contract }) => contract.name);
    expect(built.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(functions)('$contract.name has at most 430 KB', ({ contract }) => {
    const bytes = built.find(({ name }) => name === contract.name)?.bytes;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(bytesAllowed);
  });

  it.each(functions)(
    '$contract.name is imported with exactly the environment of the template, and loads no module in vain',
    async ({ path, contract }) => {
      expect(await importBundle(contract.name, environmentOf(path))).toBe('function');
    },
  );

  const variables = functions.flatMap(({ path, contract }) =>
    Object.keys(contract.environment).map((variable) => ({ path, name: contract.name, variable })),
  );

  it.each(variables)(
    '$name fails at cold start without $variable and names the variable',
    async ({ path, name, variable }) => {
      const { [variable]: _, ...environment } = environmentOf(path);
      await expect(importBundle(name, environment)).rejects.toThrow(
        new RegExp(`environment\\.invalid.*${variable} needs a value; it is not set`),
      );
    },
  );
});

import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isJsonObject } from '../lambdas/core/json.ts';

const folder = new URL('docs/webhooks/schemas/', projectAbove(new URL('.', import.meta.url)));
// Compiles in half the time. A test validates the schemas themselves.
const ajv = new Ajv2020({ formats: fullFormats, validateSchema: false, code: { optimize: false } });
const validators = new Map<string, ValidateFunction | undefined>();

/**
 * Validates a message as a receiver can: with the published schema of its type, and an independent
 * validator.
 * @returns what is wrong, empty if nothing is
 */
export function contractProblems(body: string): readonly string[] {
  // Numbers as JavaScript holds them, as for a receiver that knows no others.
  const message: unknown = parse(body);
  const type = isJsonObject(message) ? message['type'] : undefined;
  if (typeof type !== 'string') return ['it is no JSON object with a type'];
  const validate = validatorOf(type);
  if (!validate) return [`docs/webhooks/schemas has no schema of the type ${type}`];
  if (validate(message)) return [];
  return (validate.errors ?? []).map(({ instancePath, message: problem }) => `${instancePath} ${problem}`);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Each schema is compiled once. */
function validatorOf(type: string): ValidateFunction | undefined {
  if (!validators.has(type)) validators.set(type, compile(type));
  return validators.get(type);
}

function compile(type: string): ValidateFunction | undefined {
  const file = new URL(`${encodeURIComponent(type)}.json`, folder);
  return existsSync(file) ? ajv.compile(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** The simulation runs as a bundle in another folder. */
function projectAbove(below: URL): URL {
  return existsSync(new URL('package.json', below)) ? below : projectAbove(new URL('..', below));
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { Json } from '../lambdas/core/json.ts';

export interface SampleEvent {
  readonly file: string;
  readonly raw: Json;
}

/**
 * Reads `events/*.json` and `events/*.jsonc` (comments and trailing commas allowed) of a folder, by
 * file name.
 * @throws Error that names the folder, or the file and the position, that cannot be read
 */
export function readSampleEvents(folder: string): SampleEvent[] {
  const events = join(folder, 'events');
  if (!existsSync(events))
    throw new Error(`--samples ${folder}: a folder with events/ and responses/ is expected`);
  const files = readdirSync(events).filter((name) => /\.jsonc?$/.test(name));
  if (files.length === 0) throw new Error(`--samples ${folder}: there is no *.json or *.jsonc in ${events}`);
  return files.toSorted().map((file) => ({ file, raw: readJson(join(events, file)) }));
}

function readJson(path: string): Json {
  const errors: ParseError[] = [];
  const value: Json | undefined = parse(readFileSync(path, 'utf8'), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || value === undefined)
    throw new Error(
      `${basename(path)} is not JSON: ${first ? `${printParseErrorCode(first.error)} at character ${first.offset}` : 'it is empty'}`,
    );
  return value;
}

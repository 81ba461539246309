import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { Json } from '../lambdas/core/json.ts';
import { tryParseJson } from '../lambdas/core/json-text.ts';

export function isSampleFile(name: string): boolean {
  return /\.jsonc?$/i.test(name);
}

/**
 * Reads a JSON file; comments and trailing commas are allowed. PowerShell writes the output of a
 * command with a byte order mark, older versions as UTF-16.
 * @throws Error that names the file and the position if it is not valid JSON
 */
export function readSampleFile(path: string): { readonly text: string; readonly value: Json } {
  const bytes = readFileSync(path);
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  // The decoder removes the byte order mark.
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  return { text, value: readSampleText(text, basename(path)) };
}

/** @throws Error that names the place and the position if the text is not valid JSON */
export function readSampleText(text: string, place: string): Json {
  // The other parser overflows the stack at some thousands of levels.
  const strict = tryParseJson(text);
  if (strict !== undefined) return strict;
  if (text.trim() === '') throw new Error(`${place} is not JSON: it is empty`);
  const errors: ParseError[] = [];
  const value: Json | undefined = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (!first && value !== undefined) return value;
  const problem = first
    ? `${printParseErrorCode(first.error)} at character ${first.offset}`
    : 'it has no value';
  throw new Error(`${place} is not JSON: ${problem}`);
}

import { basename, join } from 'node:path';
import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { stringifyJson, tryParseJson } from '../../lambdas/core/json-text.ts';
import { readSampleFile, readSampleText } from '../sample-file.ts';
import { sampleNames } from '../samples.ts';
import { listMembers } from './operations/list-members.ts';
import { WireError } from './wire/wire-error.ts';

/** A recorded answer of Partner Central. */
export interface Recording {
  readonly file: string;
  readonly operation: string;
  /** The rest of the file name: an id, a payload type, or any other text. */
  readonly variant: string | undefined;
  /** The raw response, or the error that was recorded. */
  readonly answer: string | WireError;
  /** The id in the response. */
  readonly id: string | undefined;
}

/** The operations that this stack calls, by the name that the AWS CLI gives them. */
const operations = new Map(
  ['GetOpportunity', 'GetAwsOpportunitySummary', 'GetEngagementInvitation', 'GetEngagement']
    .concat([...listMembers.keys()])
    .map((operation) => [operation.replace(/\B[A-Z]/g, '-$&').toLowerCase(), operation] as const),
);
const byLength = [...operations].toSorted(([a], [b]) => b.length - a.length);

/**
 * Reads `responses/<Operation>[-<Variant>].json` (or .jsonc) of a folder. The operation may be
 * written as the AWS CLI does, `get-opportunity`. A file contains the response itself, as the CLI
 * prints it, or an object with the raw response as `body` and the HTTP status as `code`.
 * @returns the recordings by file name, and a note about each file that is of no use here
 * @throws Error that names the file that cannot be read
 */
export function readRecordings(folder: string): {
  readonly recordings: readonly Recording[];
  readonly notes: readonly string[];
} {
  const recordings: Recording[] = [];
  const notes: string[] = [];
  for (const name of sampleNames(folder, true)) {
    const named = nameOf(name);
    if (!named) {
      notes.push(`responses/${name}: this stack never calls an operation of that name`);
      continue;
    }
    const answer = readAnswer(join(folder, name), named.operation);
    if (answer === undefined)
      notes.push(`responses/${name}: a temporary failure is no answer that a run can end with; left out`);
    else recordings.push({ file: name, ...named, answer, id: idIn(answer) });
  }
  return { recordings, notes };
}

function nameOf(file: string): Pick<Recording, 'operation' | 'variant'> | undefined {
  const stem = file.replace(/\.jsonc?$/i, '');
  for (const [printed, operation] of byLength) {
    const prefix = [operation, printed].find((each) => stem === each || stem.startsWith(`${each}-`));
    if (prefix !== undefined) return { operation, variant: stem.slice(prefix.length + 1) || undefined };
  }
  return undefined;
}

/** Returns undefined for a recorded error after which a client tries again. */
function readAnswer(path: string, operation: string): Recording['answer'] | undefined {
  const { text, value } = readSampleFile(path);
  const file = basename(path);
  const body = at(value, 'body');
  if (body === undefined && typeof at(value, 'code') === 'number')
    throw new Error(`${path} has no "body" with the raw response text`);
  const given = typeof body === 'string' ? body : body === undefined ? text : stringifyJson(body);
  const answer = typeof body === 'string' ? readSampleText(body, `${file} "body"`) : (body ?? value);
  if (!isJsonObject(answer)) throw new Error(`${file} is not a response: a JSON object is expected`);
  const code = at(value, 'code') ?? at(value, 'statusCode');
  const type = errorTypeOf(answer, typeof code === 'number' && body !== undefined ? code : 200);
  if (type !== undefined) return permanentError(type, answer);
  const list = listMembers.get(operation);
  if (list !== undefined) requireList(answer, list, file);
  // Comments and trailing commas are not part of a response.
  return tryParseJson(given) === undefined ? stringifyJson(answer) : given;
}

/** The name of the error by its type, or by the HTTP status if the recording has no type. */
function errorTypeOf(answer: JsonObject, code: number): string | undefined {
  const type = textAt(answer, '__type');
  if (type !== undefined) return type;
  if (code < 400) return undefined;
  return namesByCode.get(code) ?? (code < 500 ? 'ValidationException' : 'InternalServerException');
}

const namesByCode: ReadonlyMap<number, string> = new Map([
  [403, 'AccessDeniedException'],
  [404, 'ResourceNotFoundException'],
  [429, 'ThrottlingException'],
]);

const permanentErrors = ['ResourceNotFoundException', 'AccessDeniedException', 'ValidationException'];

function permanentError(type: string, answer: JsonObject): WireError | undefined {
  const message = textAt(answer, 'Message') ?? textAt(answer, 'message') ?? 'recorded';
  const error = new WireError(type, message);
  return permanentErrors.includes(error.name) ? error : undefined;
}

function requireList(answer: JsonObject, member: string, file: string): void {
  const list = at(answer, member);
  if (list !== null && !isJsonArray(list)) throw new Error(`${file} has no list ${member}`);
}

function idIn(answer: Recording['answer']): string | undefined {
  const body = typeof answer === 'string' ? tryParseJson(answer) : undefined;
  return textAt(body, 'Id') ?? textAt(body, 'RelatedOpportunityId');
}

import type { RequestProblem } from '../core/request-problem.ts';
import type { RefusalCode } from './refusal.ts';

/** Every way in which a door refuses a request, by its code. docs/commands.md lists them. */
export const problemTypes = {
  'no-json': { status: 400, title: 'The body is not JSON' },
  'invalid-key': { status: 400, title: 'The key is not valid' },
  unauthorized: { status: 401, title: 'The request is not signed by a known client' },
  'stale-timestamp': { status: 401, title: 'The timestamp is too old, or in the future' },
  'client-disabled': { status: 403, title: 'The client is disabled' },
  'not-allowed': { status: 403, title: 'The client may not ask for this' },
  'not-enabled': { status: 403, title: 'The action is not enabled' },
  'not-found': { status: 404, title: 'The client has no such command' },
  'key-reused': { status: 409, title: 'The key belongs to another request' },
  'too-large': { status: 413, title: 'The request is too large' },
  invalid: { status: 422, title: 'The request is not valid' },
  'unknown-target': { status: 422, title: 'The record is not stored' },
  'ambiguous-target': { status: 422, title: 'Several records match' },
  'too-many-requests': { status: 429, title: 'The client asks too often' },
  unavailable: { status: 503, title: 'A service of AWS does not answer' },
} as const satisfies ProblemTypes;

type ProblemTypes = Readonly<Record<string, ProblemType>> & Readonly<Record<RefusalCode, ProblemType>>;

interface ProblemType {
  readonly status: number;
  readonly title: string;
}

export type ProblemCode = keyof typeof problemTypes;

/** What the `type` of every problem begins with; its code follows. */
const problemTypePrefix = 'urn:partner-central-relay:problem:';

/** A problem document (RFC 9457). Its `errors` have the form of the example in section 3. */
export interface ProblemDocument extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  /** Each invalid member. */
  readonly errors: readonly ProblemMember[];
}

interface ProblemMember {
  readonly detail: string;
  /** JSON Pointer into the request, as a fragment of a URI. */
  readonly pointer: string;
}

/** @param detail describes the value, and says what is allowed */
export function problemDocument(
  code: ProblemCode,
  detail: string,
  problems: readonly RequestProblem[] = [],
): ProblemDocument {
  const { status, title } = problemTypes[code];
  const errors = problems.map(({ path, message }) => ({ detail: message, pointer: fragmentOf(path) }));
  return { type: `${problemTypePrefix}${code}`, title, status, detail, code, errors };
}

/** RFC 6901, section 6. `encodeURI` throws for half a surrogate pair, which a name may have. */
function fragmentOf(path: string): string {
  return `#${encodeURI(path.toWellFormed()).replaceAll('#', '%23')}`;
}

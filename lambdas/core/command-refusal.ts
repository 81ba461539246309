import { definitionOf } from './action-definitions.ts';
import type { CommandContent } from './command.ts';
import type { CommandState } from './command-state.ts';
import { pathsOf, reportedPath } from './command-target.ts';
import { isAtOrBelow } from './json-pointer.ts';

/** How AWS has refused a call: it has done nothing. */
export interface CallRefusal {
  readonly reason: 'conflict' | 'not-found' | 'access-denied' | 'invalid';
  /** The name of the error. */
  readonly error: string;
  /** AWS's word for the reason. A denial by IAM has none. */
  readonly awsReason?: string | undefined;
  readonly problems: readonly RefusedMember[];
}

interface RefusedMember {
  /** JSON Pointer into the request; empty if AWS names no member. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type RefusalVerdict =
  /** The fault of this account, which an operator mends. The command waits. */
  | { readonly kind: 'denied' }
  /** The record has changed, and the read does not show it yet. */
  | { readonly kind: 'look-again' }
  | {
      readonly kind: 'failed';
      readonly code: 'refused' | 'not-yours';
      readonly problems: NonNullable<CommandState['problems']>;
      /** Texts of AWS, in the order of the problems. They can repeat values. */
      readonly awsMessages: readonly string[];
    };

const reviewPath = '/LifeCycle/ReviewStatus';

/** Decides about a refusal if a later read shows nothing that explains it. */
export function judgeRefusal(refusal: CallRefusal, content: CommandContent): RefusalVerdict {
  const { reason, awsReason, error, problems } = refusal;
  if (reason === 'access-denied' && awsReason === undefined) return { kind: 'denied' };
  // The status is always sent as it was read.
  const isAboutReview = problems.some(({ path }) => path === reviewPath);
  if (reason === 'conflict' || isAboutReview) return { kind: 'look-again' };
  const members = problems.length > 0 ? problems : [{ path: '', code: error, message: '' }];
  return {
    kind: 'failed',
    code: isOnlyOfOthers(members, content) ? 'not-yours' : 'refused',
    problems: members.map(({ path, code }) => ({
      path: reportedPath(path, content),
      code: /^\w{1,80}$/.test(code) ? code : error,
      by: 'aws',
    })),
    awsMessages: members.map(({ message }) => message),
  };
}

/** Only an update sends members that its client did not ask to change. */
function isOnlyOfOthers(members: readonly RefusedMember[], content: CommandContent): boolean {
  if (!definitionOf(content.action).sendsOthers) return false;
  const own = pathsOf(content);
  return members.every(({ path }) => {
    const reported = reportedPath(path, content);
    return path !== '' && !own.some((each) => isAtOrBelow(reported, each) || isAtOrBelow(each, reported));
  });
}

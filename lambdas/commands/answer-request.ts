import { instantOf } from '../core/instant.ts';
import { tryParseJson } from '../core/json-text.ts';
import type { Clock } from '../ports/clock.ts';
import { type AcceptDeps, accept } from './accept.ts';
import { acceptanceAnswer, type HttpAnswer, notJson } from './answer.ts';
import type { Caller } from './caller.ts';
import { type ReportDeps, reportAcceptance } from './report-acceptance.ts';

export interface AnswerRequestDeps extends AcceptDeps, ReportDeps {
  readonly clock: Clock;
}

/** Answers a POST at a door: accepts or checks the command in its body, or says why not. */
export async function answerRequest(
  caller: Caller,
  key: string | undefined,
  body: Buffer,
  deps: AnswerRequestDeps,
): Promise<HttpAnswer> {
  const given = tryParseJson(body.toString());
  if (given === undefined) return notJson;
  const acceptance = await accept(caller, key, given, instantOf(deps.clock.nowMs()), deps);
  reportAcceptance(acceptance, deps);
  return acceptanceAnswer(acceptance);
}

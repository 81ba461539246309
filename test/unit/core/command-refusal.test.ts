import { describe, expect, it } from 'vitest';
import type { CommandContent } from '../../../lambdas/core/command.ts';
import { type CallRefusal, judgeRefusal } from '../../../lambdas/core/command-refusal.ts';

const update: CommandContent = {
  action: 'opportunity.update',
  patch: { LifeCycle: { Stage: 'Qualified' }, Project: { ExpectedCustomerSpend: [] } },
};
const assign: CommandContent = { action: 'opportunity.assign', assignee: {} };

function refusal(of: Partial<CallRefusal>): CallRefusal {
  return { reason: 'invalid', error: 'ValidationException', problems: [], ...of };
}

function problem(path: string, code = 'INVALID_VALUE') {
  return { path, code, message: 'for Ada' };
}

describe('A refusal that the next read does not explain', () => {
  it.for<[what: string, Partial<CallRefusal>, string]>([
    ['is a denial by IAM without a reason of AWS', { reason: 'access-denied' }, 'denied'],
    ['is looked at again if it is a conflict', { reason: 'conflict' }, 'look-again'],
    [
      'is looked at again if it names the review',
      { problems: [problem('/LifeCycle/ReviewStatus')] },
      'look-again',
    ],
    ['fails with a reason of AWS', { reason: 'access-denied', awsReason: 'INSUFFICIENT' }, 'failed'],
    ['fails if something else is not found', { reason: 'not-found' }, 'failed'],
  ])('%s', ([_what, of, kind]) => {
    expect(judgeRefusal(refusal(of), update).kind).toBe(kind);
  });

  it.for<[path: string, code: string]>([
    ['/LifeCycle/Stage', 'refused'],
    ['/LifeCycle', 'refused'],
    ['/Project/ExpectedCustomerSpend/0/Amount', 'refused'],
    ['', 'refused'],
    ['/Project/Title', 'not-yours'],
    ['/LifeCycle/StageOther', 'not-yours'],
  ])('has for the path "%s" the code %s', ([path, code]) => {
    expect(judgeRefusal(refusal({ problems: [problem(path)] }), update)).toEqual({
      kind: 'failed',
      code,
      problems: [{ path, code: 'INVALID_VALUE', by: 'aws' }],
      awsMessages: ['for Ada'],
    });
  });

  it('is the fault of the client if it names one of its members and one of others', () => {
    const problems = [problem('/Project/Title'), problem('/LifeCycle/Stage')];
    expect(judgeRefusal(refusal({ problems }), update)).toMatchObject({ code: 'refused' });
  });

  it('has the name of the error if AWS lists no problem, or prints a sentence as the code', () => {
    const error = 'ResourceNotFoundException';
    expect(judgeRefusal(refusal({ reason: 'not-found', error }), update)).toMatchObject({
      problems: [{ path: '', code: error, by: 'aws' }],
    });
    const problems = [problem('/LifeCycle/Stage', 'No such stage: Ada')];
    expect(judgeRefusal(refusal({ problems }), update)).toMatchObject({
      problems: [{ path: '/LifeCycle/Stage', code: 'ValidationException' }],
    });
  });

  it('names the member of the record that the action changes, if it is no update', () => {
    expect(judgeRefusal(refusal({ problems: [problem('/Assignee/Email')] }), assign)).toMatchObject({
      code: 'refused',
      problems: [{ path: '/OpportunityTeam' }],
    });
  });
});

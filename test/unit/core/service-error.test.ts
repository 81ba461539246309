import { describe, expect, it } from 'vitest';
import { errorName, laterAfter, never, ServiceError } from '../../../lambdas/core/service-error.ts';

describe('ServiceError', () => {
  it('has code and details in its message, and keeps the given retry decision and the cause', () => {
    const cause = new Error('socket hang up');
    const error = new ServiceError(
      'store.contended',
      { record: 'AWS/opportunity/O1234567' },
      { retry: laterAfter(500), cause },
    );
    expect(error.message).toBe('store.contended {"record":"AWS/opportunity/O1234567"}');
    expect(error).toMatchObject({
      name: 'ServiceError',
      code: 'store.contended',
      retry: { kind: 'later', afterMs: 500 },
      cause,
    });
    expect(never).toEqual({ kind: 'never' });
  });
});

describe('errorName', () => {
  it('returns the name of an error, or the type of any other thrown value', () => {
    expect(errorName(new TypeError('x'))).toBe('TypeError');
    expect(errorName('text')).toBe('string');
    expect(errorName(undefined)).toBe('undefined');
  });
});

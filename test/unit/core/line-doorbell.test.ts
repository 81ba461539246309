import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { lineDoorbellBody, parseLineDoorbell } from '../../../lambdas/core/line-doorbell.ts';

describe('doorbell message of a line', () => {
  it('names the line, and nothing of its commands', () => {
    const line = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567' } as const;
    const body = lineDoorbellBody(line);
    expect(body).toBe('{"line":"AWS/opportunity/O1234567"}');
    expect(parseLineDoorbell(JSON.parse(body))).toEqual(line);
  });

  it.each<Json>([
    {},
    { line: 7 },
    { line: '' },
    { line: 'AWS/opportunity' },
    { line: 'AWS/command/cmd_1' },
    null,
  ])('is refused as %j', (body) => {
    expect(() => parseLineDoorbell(body)).toThrow(
      expect.objectContaining({
        code: 'doorbell.malformed',
        details: { path: '/line', expected: '<catalog>/<kind>/<id>' },
      }),
    );
  });
});

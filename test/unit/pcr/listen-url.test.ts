import { expect, test } from 'vitest';
import { listenUrl } from '../../../bin/pcr/listen/listen-url.ts';

test.each([
  ['3000', 'http://localhost:3000'],
  ['3000/hook', 'http://localhost:3000/hook'],
  [':3000/hook', 'http://localhost:3000/hook'],
  ['localhost', 'http://localhost'],
  ['localhost:3000', 'http://localhost:3000'],
  ['127.0.0.1:3000/hook', 'http://127.0.0.1:3000/hook'],
  ['[::1]:3000', 'http://[::1]:3000'],
  ['http://localhost:3000/hook', 'http://localhost:3000/hook'],
])('pcr listen %s forwards to %s', (given, url) => {
  expect(listenUrl(given)).toBe(url);
});

test.each(['', 'hook', '/hook', ':', ':hook', '99999', 'localhost:99999', '3000x'])(
  'pcr listen %j is refused with what is allowed',
  (given) => {
    expect(() => listenUrl(given)).toThrow('Allowed: a port such as 3000');
  },
);

import { describe, expect, it } from 'vitest';
import { compilePattern, filterOptions, parsePattern } from '../../../lambdas/core/event-pattern.ts';
import { compileField } from '../../../lambdas/core/event-pattern-fields.ts';
import { compileAlternatives } from '../../../lambdas/core/event-pattern-matches.ts';
import { readersOf } from '../../../lambdas/core/event-pattern-readers.ts';

/** Written from the EventBridge user guide, "Comparison operators for use in event patterns". */
const vectors: readonly {
  readonly rule: string;
  readonly pattern: unknown;
  readonly yes: unknown[];
  readonly no: unknown[];
}[] = [
  {
    rule: 'a field matches one of the listed values, of the same type',
    pattern: { state: ['on', 1, true, null, ''] },
    yes: [
      { state: 'on' },
      { state: 1 },
      { state: true },
      { state: null },
      { state: '' },
      { state: 1.0, more: 'ignored' },
    ],
    no: [{ state: 'ON' }, { state: '1' }, { state: false }, {}, { other: 'on' }, 'on', null],
  },
  {
    rule: 'all named fields must match, at any depth',
    pattern: { source: ['a'], detail: { deep: { value: ['x'] } } },
    yes: [{ source: 'a', detail: { deep: { value: 'x' } } }],
    no: [{ source: 'a' }, { source: 'b', detail: { deep: { value: 'x' } } }, { source: 'a', detail: 'x' }],
  },
  {
    rule: 'a list in the event matches when any element does',
    pattern: { resources: ['one', { prefix: 'arn:' }] },
    yes: [{ resources: ['zero', 'one'] }, { resources: ['arn:x'] }, { resources: [['one']] }],
    no: [{ resources: [] }, { resources: ['zero'] }],
  },
  {
    rule: 'fields must match within one element of a list of objects',
    pattern: { employees: { first: ['Anna'], last: ['Jones'] } },
    yes: [
      {
        employees: [
          { first: 'Peter', last: 'Smith' },
          { first: 'Anna', last: 'Jones' },
        ],
      },
    ],
    no: [
      {
        employees: [
          { first: 'Anna', last: 'Smith' },
          { first: 'Peter', last: 'Jones' },
        ],
      },
    ],
  },
  {
    rule: 'prefix',
    pattern: { time: [{ prefix: '2026-03' }] },
    yes: [{ time: '2026-03-01T10:00:00Z' }],
    no: [{ time: '2026-04-01' }, { time: 202603 }, {}],
  },
  {
    rule: 'prefix, ignoring case',
    pattern: { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    yes: [{ service: 'eventbridge' }, { service: 'EVENTBUS' }],
    no: [{ service: 'anevent' }],
  },
  {
    rule: 'suffix',
    pattern: { file: [{ suffix: '.png' }] },
    yes: [{ file: 'a.png' }],
    no: [{ file: 'a.PNG' }, { file: 'a.png.txt' }],
  },
  {
    rule: 'suffix, ignoring case',
    pattern: { file: [{ suffix: { 'equals-ignore-case': '.png' } }] },
    yes: [{ file: 'a.PNG' }],
    no: [{ file: 'a.gif' }],
  },
  {
    rule: 'equals-ignore-case',
    pattern: { name: [{ 'equals-ignore-case': 'alice' }] },
    yes: [{ name: 'ALICE' }],
    no: [{ name: 'alice2' }, {}],
  },
  {
    rule: 'wildcard',
    pattern: { path: [{ wildcard: 'dir/*.p(n)g*' }] },
    yes: [{ path: 'dir/a/b.p(n)g' }, { path: 'dir/.p(n)g2' }, { path: 'dir/a\nb.p(n)g' }],
    no: [{ path: 'dir/apng' }, { path: 'xdir/a.p(n)g' }],
  },
  {
    rule: 'wildcard with escapes',
    pattern: { path: [{ wildcard: 'a\\*b\\\\*' }] },
    yes: [{ path: 'a*b\\c' }],
    no: [{ path: 'axb\\c' }, { path: 'a*bc' }],
  },
  {
    rule: 'anything-but a value: an absent field does not match',
    pattern: { state: [{ 'anything-but': 'initializing' }] },
    yes: [{ state: 'running' }, { state: null }, { state: 5 }],
    no: [{ state: 'initializing' }, {}, { state: {} }, { state: [] }],
  },
  {
    rule: 'anything-but a list',
    pattern: { limit: [{ 'anything-but': [100, 200] }] },
    yes: [{ limit: 300 }, { limit: '100' }, { limit: [100, 300] }],
    no: [{ limit: 100 }, { limit: [100, 200] }],
  },
  {
    rule: 'anything-but prefix',
    pattern: { region: [{ 'anything-but': { prefix: 'us-' } }] },
    yes: [{ region: 'eu-west-1' }],
    no: [{ region: 'us-east-1' }, {}],
  },
  {
    rule: 'anything-but a list of prefixes',
    pattern: { region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] },
    yes: [{ region: 'ap-south-1' }],
    no: [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  },
  {
    rule: 'anything-but suffix',
    pattern: { file: [{ 'anything-but': { suffix: '.png' } }] },
    yes: [{ file: 'a.gif' }],
    no: [{ file: 'a.png' }],
  },
  {
    rule: 'anything-but, ignoring case',
    pattern: { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
    yes: [{ state: 'running' }],
    no: [{ state: 'INITIALIZING' }, { state: 'Stopped' }],
  },
  {
    rule: 'anything-but wildcard',
    pattern: { path: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
    yes: [{ path: 'src/a' }],
    no: [{ path: 'src/lib/a' }],
  },
  {
    rule: 'numeric comparisons, numbers alone',
    pattern: { price: [{ numeric: ['>', 10, '<=', 20] }], count: [{ numeric: ['=', 301.8] }] },
    yes: [{ price: 20, count: 3.018e2 }],
    no: [
      { price: 10, count: 301.8 },
      { price: '15', count: 301.8 },
      { price: 15, count: 301 },
    ],
  },
  {
    rule: 'numeric >= and <',
    pattern: { price: [{ numeric: ['>=', 0, '<', 1] }] },
    yes: [{ price: 0 }, { price: 0.5 }],
    no: [{ price: 1 }, { price: -1 }],
  },
  {
    rule: 'exists: true sees leaves alone',
    pattern: { detail: { id: [{ exists: true }] } },
    yes: [{ detail: { id: 0 } }, { detail: { id: null } }, { detail: { id: ['x'] } }],
    no: [{ detail: {} }, { detail: { id: { inner: 1 } } }, {}],
  },
  {
    rule: 'exists: false matches an absent leaf, whatever is above it',
    pattern: { detail: { id: [{ exists: false }] } },
    yes: [{ detail: {} }, { detail: { id: { inner: 1 } } }, {}, { detail: [] }],
    no: [{ detail: { id: 'x' } }, { detail: { id: null } }],
  },
  {
    rule: 'exists: false beside a value',
    pattern: { tier: ['gold', { exists: false }] },
    yes: [{ tier: 'gold' }, {}],
    no: [{ tier: 'silver' }],
  },
  {
    rule: 'cidr, IPv4',
    pattern: { ip: [{ cidr: '10.0.0.0/24' }] },
    yes: [{ ip: '10.0.0.255' }],
    no: [{ ip: '10.0.1.0' }, { ip: 'ten' }, { ip: '::1' }],
  },
  {
    rule: 'cidr, IPv6',
    pattern: { ip: [{ cidr: '2001:db8::/32' }] },
    yes: [{ ip: '2001:db8:1::5' }, { ip: '2001:DB8::' }, { ip: '2001:db8:0:1:2:3:4:5' }],
    no: [
      { ip: '2001:db9::1' },
      { ip: '10.0.0.1' },
      { ip: '2001:db8:1' },
      { ip: '2001:db8::1.2.3.4' },
      { ip: '2001:db8::1::2' },
      { ip: '2001:db8::g' },
    ],
  },
  {
    rule: 'cidr, of every length',
    pattern: { all: [{ cidr: '0.0.0.0/0' }], two: [{ cidr: '::1/127' }], odd: [{ cidr: '192.168.8.0/21' }] },
    yes: [
      { all: '255.255.255.255', two: '0:0:0:0:0:0:0:1', odd: '192.168.15.255' },
      { all: '01.2.3.4', two: '::0', odd: '192.168.8.1' },
    ],
    no: [
      { all: '1.2.3.256', two: '::1', odd: '192.168.8.1' },
      { all: '1.2.3', two: '::1', odd: '192.168.8.1' },
      { all: '1.2.3.4', two: '::2', odd: '192.168.8.1' },
      { all: '1.2.3.4', two: '::1', odd: '192.168.16.0' },
    ],
  },
  {
    rule: '$or of fields, with others beside it',
    pattern: { source: ['s'], $or: [{ a: [1] }, { b: [2], c: [3] }] },
    yes: [
      { source: 's', a: 1 },
      { source: 's', b: 2, c: 3 },
    ],
    no: [{ source: 's', b: 2 }, { source: 't', a: 1 }, { source: 's' }],
  },
  {
    rule: '$or below the top',
    pattern: { detail: { $or: [{ a: [1] }, { b: [2] }] } },
    yes: [{ detail: { b: 2 } }],
    no: [{ detail: { c: 1 } }, { b: 2 }],
  },
];

describe('event patterns', () => {
  it.each(vectors)('follow the rule of EventBridge: $rule', ({ pattern, yes, no }) => {
    const matches = compilePattern(pattern);
    expect(yes.filter((event) => !matches(event))).toEqual([]);
    expect(no.filter((event) => matches(event))).toEqual([]);
  });

  it.each([
    [{ a: [{ contains: 'x' }] }, '/a: the operator "contains" is not supported'],
    [
      { a: { b: [{ 'anything-but': { numeric: ['>', 1] } }] } },
      '/a/b: the operator "anything-but numeric" is not supported',
    ],
    [{ a: [{ 'anything-but': null }] }, '/a: anything-but needs texts alone or numbers alone, at least one'],
    [{ a: [{ numeric: ['~', 1] }] }, '/a: numeric needs one of =, <, <=, >, >= and a number, or a range'],
    [{ a: [{ numeric: [] }] }, '/a: numeric needs one of =, <, <=, >, >= and a number, or a range'],
    [{ a: [{ prefix: 5 }] }, '/a: "prefix" got an argument that is not supported'],
    [{ a: [{ cidr: '10.0.0.0' }] }, '/a: cidr needs <address>/<bits>'],
    [{ a: [{ cidr: '10.0.0.0/32' }] }, '/a: cidr needs <address>/<bits>, up to 31 bits for IPv4'],
    [{ a: [{ cidr: 'ten/8' }] }, '/a: cidr needs <address>/<bits>'],
    [{ a: [{ wildcard: 5 }] }, '/a: "wildcard" got an argument that is not supported'],
    [{ a: [{ exists: 'no' }] }, '/a: "exists" got an argument that is not supported'],
    [{ a: [['nested']] }, '/a: a value must be a scalar or one operator'],
    [{ a: [{}] }, '/a: a value must be a scalar or one operator'],
    [{ a: ['fine'], b: 1, c: [] }, '/b: must be a list of values or an object; /c: is an empty list'],
    ['a', 'a pattern must be an object'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, '/a: a value must be a scalar or one operator'],
    [{ a: 'x' }, '/a: must be a list of values or an object'],
    [{ a: [] }, '/a: is an empty list, which matches nothing'],
    [{ $or: [{ a: [1] }] }, '/$or: must be a list of at least two objects'],
  ])('%j is refused with the place and the reason', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

describe('the limits of a pattern', () => {
  it.each<[string, unknown, string]>([
    ['levels', nested(40), ': nested too deeply; allowed: 24 levels'],
    ['levels, at any depth', nested(100_000), ': nested too deeply; allowed: 24 levels'],
    ['characters', { a: ['x'.repeat(9_000)] }, ': 9010 characters as JSON; allowed: 8192'],
    ['operators', { a: Array.from({ length: 21 }, () => ({ prefix: 'x' })) }, ': 21 operators; allowed: 20'],
    [
      'operators',
      { a: [{ 'anything-but': { prefix: Array(21).fill('x') } }] },
      ': 21 operators; allowed: 20',
    ],
    ['asterisks', { a: [{ wildcard: '*a'.repeat(21) }] }, ': 21 operators; allowed: 20'],
    [
      'asterisks in lists',
      { a: [{ 'anything-but': { wildcard: ['*a'.repeat(20), 'b'] } }] },
      ': 21 operators; allowed: 20',
    ],
    [
      'combinations',
      { $or: Array.from({ length: 17 }, () => ({ a: [1] })) },
      '/$or: expands to more than 16 combinations',
    ],
    ['combinations', nestedOr(9), '/$or: expands to more than 16 combinations'],
    [
      'numbers',
      { a: [Number('1e999')] },
      '/a: the number Infinity; allowed: 0, and 1e-130 to 9007199254740991',
    ],
    ['numbers', { a: { b: [{ numeric: ['<', 1e200] }] } }, '/a/b: the number 1e+200; allowed: 0, and'],
    ['numbers', { a: [{ 'anything-but': [1, 1e-200] }] }, '/a: the number 1e-200; allowed: 0, and'],
  ])('include %s, and the error says which', (_, pattern, problem) => {
    expect(parsePattern(pattern).problems[0]).toContain(problem);
  });

  it('keep the work of a long list the same for one and for all combinations', () => {
    expect(reads(16)).toBe(reads(2));
  });

  it('let long texts in any case be compared without overflowing the stack', () => {
    const text = 'a'.repeat(8_000);
    for (const item of [{ 'equals-ignore-case': text }, { suffix: { 'equals-ignore-case': text } }])
      expect(compilePattern({ a: [item] })({ a: [text.toUpperCase()] })).toBe(true);
  });

  it('let a text be read once as an address, however many ranges it is compared with', () => {
    let count = 0;
    const ranges = Array.from({ length: 20 }, (_, index) => ({ cidr: `2001:db8:${index}::/48` }));
    const readers = readersOf(false, () => (count += 1));
    const field = compileField('a', ranges, readers, () => () => false);
    expect(field.matches('2001:db8:ffff::1')).toBe(false);
    expect(count).toBe(1);
  });

  it('let a value be tested once, however often it is in the event', () => {
    let tests = 0;
    const field = compileField('a', [{ prefix: 'x' }], readersOf(false), () => () => false);
    const counted = {
      ...field,
      matches: (value: unknown) => {
        tests += 1;
        return field.matches(value);
      },
    };
    const matches = compileAlternatives([[counted]]);
    expect(matches({ a: Array(1_000).fill('xy') })).toBe(true);
    expect(tests).toBe(1);
  });
});

/** How often a matcher with `$or` reads the elements of a list. */
function reads(combinations: number): number {
  let count = 0;
  const counting: ProxyHandler<object> = {
    get: (target, name) => {
      count += 1;
      return Reflect.get(target, name);
    },
  };
  const element = (index: number) => new Proxy({ x: index % 7, y: `y${index}` }, counting);
  const event = { a: Array.from({ length: 1_000 }, (__, index) => element(index)) };
  const alternatives = Array.from({ length: combinations }, (__, index) => ({ y: [`z${index}`] }));
  compilePattern({ a: { x: [1], $or: alternatives } })(event);
  return count;
}

function nested(levels: number): unknown {
  let pattern: unknown = [1];
  for (let level = 0; level < levels; level += 1) pattern = { a: pattern };
  return pattern;
}

/** Alternatives that multiply: two to this power. */
function nestedOr(power: number): unknown {
  let pattern: object = { x: [1] };
  for (let level = 0; level < power; level += 1)
    pattern = { [`a${level}`]: { $or: [{ x: [1] }, { y: [1] }] }, ...pattern };
  return pattern;
}

describe('numeric operators of filters', () => {
  it.each([
    ['531.0', [{ numeric: ['=', 531] }], true],
    ['100000.000000000000000001', [{ numeric: ['>', 100_000] }], true],
    ['100000', [{ numeric: ['>', 100_000] }], false],
    ['99999.99', [{ numeric: ['>', 100_000] }], false],
    ['-0.30', [{ numeric: ['=', -0.3] }], true],
    ['0.1000000000000000000001', [{ numeric: ['=', 0.1] }], false],
    ['0.0000001', [{ numeric: ['>=', 1e-7, '<', 1] }], true],
    ['9007199254740993', [{ numeric: ['>', 9_007_199_254_740_991] }], true],
    ['12 345', [{ numeric: ['>', 0] }], false],
    ['1e3', [{ numeric: ['>', 0] }], false],
    ['', [{ numeric: ['>=', 0] }], false],
  ])('compare the text %j exactly with %j: %j', (amount, test, expected) => {
    expect(compilePattern({ a: test }, filterOptions)({ a: amount })).toBe(expected);
    expect(compilePattern({ a: test })({ a: amount })).toBe(false);
  });
});

import { mostRequestBytes } from '../../lambdas/core/command-request.ts';
import { between, characters, pick } from '../partner-central/seeded-random.ts';
import type { KnownClient } from './known-clients.ts';
import { type HostileContext, post, type SentRequest, updateBody } from './sent-request.ts';

/*
 * What a client with a valid secret sends, because it is faulty or was taken over.
 */

type Sent = Omit<SentRequest, 'sentAtMs'>;

const signed = (
  context: HostileContext,
  body: string,
  allowed: readonly number[],
  client: KnownClient = 'crm',
): Sent => ({ request: post(context, body, { client }), allowed });

/** A command that is accepted: otherwise a door that refuses everything would pass. */
export function wellBehaved(context: HostileContext): Sent {
  return { ...signed(context, updateBody(context), [202]), mayStore: context.key };
}

/** A check is answered, and stores nothing. */
export function check(context: HostileContext): Sent {
  return signed(context, updateBody(context, { check: true }), [200]);
}

/** Over 64 KB. */
export function hugeBody(context: HostileContext): Sent {
  const { random } = context;
  const size = mostRequestBytes + between(random, 1, 500_000);
  const body = pick(random, [
    () => updateBody(context, { note: 'x'.repeat(size) }),
    () => ' '.repeat(size),
    () => '['.repeat(size),
    () => '\u20ac'.repeat(size),
  ])();
  const request = post(context, body);
  if (random() < 0.5) return { request, allowed: [413] };
  return {
    request: { ...request, body: Buffer.from(body).toString('base64'), isBase64Encoded: true },
    allowed: [413],
  };
}

/** The body is no JSON, or no object. */
export function malformedBody(context: HostileContext): Sent {
  const { random } = context;
  const valid = updateBody(context);
  const body = pick(random, [
    '',
    valid.slice(0, between(random, 1, valid.length - 1)),
    `${valid}${valid}`,
    '['.repeat(between(random, 1, 30_000)),
    '{"a":'.repeat(between(random, 30, 10_000)),
    `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`,
    `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
    'null',
    '"text"',
    '[]',
    '7',
    '-0',
    '1e400',
    'NaN',
    '\ufeff{}',
    "{'action':1}",
    '{"action":undefined}',
    characters(random, '{}[]",:0123456789eE+-.\\ true', between(random, 1, 2_000)),
    '\u0000'.repeat(100),
    '{"a":"\\ud800"}',
  ]);
  return signed(context, body, [400, 422]);
}

/** The body is an object whose members are wrong. */
export function hostileBody(context: HostileContext): Sent {
  const { random, target } = context;
  const odd = pick<unknown>(random, [null, [], {}, '', -1, 1.5, true, 'x'.repeat(300), '\u0000', { $: 1 }]);
  const names = ['action', 'catalog', 'target', 'patch', 'basedOn', 'onConflict', 'onLocked', 'after'];
  const more = ['expiresAt', 'irreversible', '__proto__x', 'constructor', 'toString', 'client', 'key'];
  const member = pick(random, [...names, ...more]);
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const members = pick<Readonly<Record<string, unknown>>>(random, [
    { [member]: odd, basedOn: -1 },
    { patch: { Id: 'O1' } },
    { patch: { LifeCycle: { ReviewStatus: 'Approved' } } },
    { patch: { LifeCycle: null } },
    { patch: Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`a${index}`, 1])) },
    { patch: { ['x'.repeat(600)]: 1 } },
    { patch: {} },
    { patch: { a: deep(30) } },
    { target: `O${between(random, 1, 9_999)}` },
    { target: { partnerId: 'no record has it' } },
    { target: `${target.id}\u0000` },
    { basedOn: between(random, 2, 1_000_000) },
    { after: `nothing/${between(random, 1, 1_000)}` },
    { expiresAt: '1970-01-01T00:00:00Z' },
    { expiresAt: '+275760-09-13T00:00:00.000Z' },
    { catalog: 'Moon' },
    { action: 'opportunity.delete' },
    { '\ud800 #/~%': 1 },
  ]);
  const body = updateBody(context, members);
  const polluted = body.replace('{', '{"__proto__":{"action":"invitation.reject"},');
  return signed(context, random() < 0.1 ? polluted : body, [422]);
}

/** The client may not do it, or may do nothing. */
export function forbidden(context: HostileContext): Sent {
  const { random } = context;
  if (random() < 0.3) return signed(context, updateBody(context), [403], 'disabled');
  const patch = pick<object>(random, [
    { LifeCycle: { Stage: 'Qualified' } },
    { Customer: { Account: { CompanyName: 'x' } } },
    { Customer: null },
    { LifeCycle: { NextSteps: 'x' }, Customer: {} },
    { 'LifeCycle/NextSteps': 'x' },
    { '': 'x' },
  ]);
  return signed(context, updateBody(context, { patch }), [403, 422], 'narrow');
}

/** A client asks faster than it may. Its requests would be refused anyway. */
export function flood(context: HostileContext): Sent {
  return signed(context, '[]', [422, 429], 'slow');
}

/** The key has characters, or a length, that no key has. */
export function oddKey(context: HostileContext): Sent {
  const { random } = context;
  const key = pick(random, ['x'.repeat(between(random, 256, 5_000)), 'a b', '\u20ac', 'a\u0000', '\u007f']);
  return signed({ ...context, key }, updateBody(context), [400]);
}

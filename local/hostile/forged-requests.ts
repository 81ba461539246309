import type { HttpRequest } from '../../lambdas/commands/http-request.ts';
import { between, characters, pick } from '../partner-central/seeded-random.ts';
import { secretOf } from './known-clients.ts';
import { get, type HostileContext, post, type SentRequest, updateBody } from './sent-request.ts';

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const signedNames = ['relay-client', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
type Sent = Omit<SentRequest, 'sentAtMs'>;

const refused = (request: HttpRequest, ...allowed: readonly number[]): Sent => ({
  request,
  allowed: allowed.length > 0 ? allowed : [401],
});

/** Headers are missing. */
export function unsigned(context: HostileContext): Sent {
  const missing = signedNames.filter(() => context.random() < 0.5);
  const names = missing.length > 0 ? missing : [pick(context.random, signedNames)];
  const headers = Object.fromEntries(names.map((name) => [name, undefined]));
  return refused(post(context, updateBody(context), { headers }));
}

/** The signature is made up, of another secret, cut off or changed in one character. */
export function badSignature(context: HostileContext): Sent {
  const { random } = context;
  const body = updateBody(context);
  const { headers } = post(context, body);
  const valid = headers['webhook-signature'] ?? '';
  const changed = between(random, 3, 45);
  const other = valid[changed] === 'A' ? 'B' : 'A';
  const signature = pick(random, [
    `v1,${characters(random, base64, 43)}=`,
    post(context, body, { secrets: [secretOf('slow')] }).headers['webhook-signature'] ?? '',
    valid.slice(0, between(random, 0, valid.length - 1)),
    `${valid.slice(0, changed)}${other}${valid.slice(changed + 1)}`,
    valid.replace('v1,', 'v1a,'),
    valid.replace('v1,', ''),
    `${valid}=`,
    valid.replaceAll(/[+/]/g, '_').replace('=', ''),
    Array.from({ length: 2_000 }, () => 'v1,AAAA').join(' '),
    `${'v1,A '.repeat(20)}${valid}`,
    ' ',
    '\u0000',
    'v1,\u{1f600}',
  ]);
  return refused(post(context, body, { headers: { 'webhook-signature': signature } }));
}

/** What was signed is not what is sent. */
export function changedAfterwards(context: HostileContext): Sent {
  const { random, key, nowMs } = context;
  const request = post(context, updateBody(context));
  const later = String(Math.floor(nowMs / 1_000) + between(random, 1, 300));
  return refused(
    pick(random, [
      { ...request, body: updateBody(context, { onConflict: 'overwrite' }) },
      { ...request, body: `${request.body} ` },
      { ...request, body: '' },
      { ...request, headers: { ...request.headers, 'webhook-id': `${key}x` } },
      { ...request, headers: { ...request.headers, 'webhook-timestamp': later } },
      { ...request, headers: { ...request.headers, 'relay-client': 'slow' } },
      { ...get(context, key), headers: request.headers },
      { ...request, isBase64Encoded: true },
    ]),
  );
}

/** The timestamp is too old, in the future, or no number of seconds. */
export function wrongTimestamp(context: HostileContext): Sent {
  const { random, nowMs } = context;
  const seconds = between(random, 302, 10_000_000) * pick(random, [-1, 1]);
  const odd = ['-1', '1e9', '0x69a4', ' 1', '', 'NaN', '1'.repeat(400), '1772359205.5', '\u0661'];
  const headers = { 'webhook-timestamp': pick(random, odd) };
  const signing = random() < 0.5 ? { headers } : { atMs: nowMs + seconds * 1_000 };
  return refused(post(context, updateBody(context), signing));
}

/** The client does not exist, cannot exist, or is another one. */
export function wrongClient(context: HostileContext): Sent {
  const { random } = context;
  const ids = ['crn', 'narrow', '__proto__', 'constructor', '../endpoints/ep_crm', 'CRM', ' crm', 'crm,crm'];
  const made = characters(random, 'abcdefghijklmnopqrstuvwxyz-', between(random, 5, 50));
  const headers = { 'relay-client': random() < 0.5 ? `x${made}` : pick(random, ids) };
  return refused(post(context, updateBody(context), { headers }));
}

/** A request that was accepted comes again. It is answered from the row while it is young. */
export function replay(context: HostileContext): Sent {
  const { accepted, nowMs, random } = context;
  if (accepted.length === 0) return unsigned(context);
  const { request, sentAtMs } = pick(random, accepted);
  const ageMs = nowMs - sentAtMs;
  if (ageMs < 298_000) return refused(request, 200);
  return refused(request, ...(ageMs > 302_000 ? [401] : [200, 401]));
}

/** A GET is for another key, another client or no key that exists. */
export function hostileGet(context: HostileContext): Sent {
  const { accepted, key, random } = context;
  const known = accepted[0]?.request.headers['webhook-id'];
  if (known === undefined) return refused(get(context, key), 404);
  const ofKnown = { ...context, key: known };
  return pick(random, [
    refused(get(context, key), 404),
    refused(get(context, known)),
    refused(get(ofKnown, key)),
    refused(get(ofKnown, known, { client: 'narrow' }), 404),
    refused(get({ ...context, key: '../../x' }, '..%2F..%2fx'), 404),
    refused(get({ ...context, key: '%' }, '%'), 404),
    refused(get({ ...context, key: '%zz%00' }, '%zz%00'), 404),
    refused(get(ofKnown, known, { secrets: [secretOf('disabled')] })),
  ]);
}

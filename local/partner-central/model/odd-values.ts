import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import { between, pick, type Random } from '../seeded-random.ts';

/**
 * A timestamp that AWS could print one day instead of `2026-03-09T01:50:25.685Z`: in another form,
 * of another type, absent, or up to a minute before the time of the change.
 */
export function oddTimestamp(random: Random, nowMs: number): Json {
  const iso = new Date(nowMs).toISOString();
  return pick<Json>(random, [
    `${iso.slice(0, 16)}Z`,
    iso.slice(0, 19),
    iso.slice(0, 10),
    `${iso.slice(0, 19)}+0000`,
    new Date(nowMs).toUTCString(),
    Math.floor(nowMs / 1_000),
    nowMs,
    String(nowMs),
    '',
    null,
    false,
    { seconds: Math.floor(nowMs / 1_000) },
    new Date(nowMs - 50).toISOString(),
    new Date(nowMs - between(random, 1, 60_000)).toISOString(),
  ]);
}

/** A number that JavaScript or DynamoDB cannot hold. */
export function oddNumber(random: Random): Json {
  return pick<Json>(random, [...beyondJavaScript.map((text) => new ExactNumber(text)), 1e-200, 1e300]);
}

const beyondJavaScript = [
  '9007199254740993',
  '12345678901234567890',
  '12345678901234567890123456789012345678',
  '1234567890123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '-9007199254740993.5',
  '1e400',
  '-1e400',
];

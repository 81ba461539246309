const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `3 min`, `2 d`: the largest unit, rounded down. */
export function durationText(ms: number): string {
  const [unit, unitMs] = units.find(([, size]) => ms >= size) ?? ['s', 1_000];
  return `${Math.floor(ms / unitMs)} ${unit}`;
}

/** `3 min ago`, `in 2 d`, `now` */
export function relativeText(at: string, nowMs: number): string {
  const ms = nowMs - Date.parse(at);
  if (Number.isNaN(ms)) return '';
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `${durationText(ms)} ago` : `in ${durationText(-ms)}`;
}

/** `2026-03-01 10:00:05`: UTC, as all times of `pcr`. A text that is no time stays as it is. */
export function utcText(at: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(at) ? at.slice(0, 19).replace('T', ' ') : at;
}

/** `412 ms`, `3.4 s`, `12 min` */
export function latencyText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : durationText(ms);
}

/** Days from the beginning of one day to the beginning of another, both `YYYY-MM-DD`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

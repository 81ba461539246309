import type { TraceEntry } from './trace.ts';

/** Longer lines are cut. */
const mostColumns = 220;

/** What always belongs to a history, whatever record it is about. */
const always: ReadonlySet<string> = new Set(['operator', 'checker']);

/**
 * The history of a simulation as lines with virtual times.
 * @param path only what is about this record, its messages and deliveries, what people do, and the
 * faults. @default everything
 */
export function timeLine(entries: readonly TraceEntry[], path?: string): readonly string[] {
  const startedAtMs = entries[0]?.atMs ?? 0;
  const ids = path === undefined ? undefined : idsAbout(path, entries);
  return entries
    .filter(
      ({ who, what, fault }) =>
        ids === undefined || fault !== undefined || always.has(who) || ids.some((id) => what.includes(id)),
    )
    .map(({ atMs, who, what, fault }) => {
      const mark = fault === undefined ? ' ' : '!';
      const end = fault === undefined ? '' : `  [${fault}]`;
      return `${durationText(atMs - startedAtMs)} ${mark} ${who}: ${what}${end}`.slice(0, mostColumns);
    });
}

/** The id of the record, and the ids of messages and deliveries in lines that name it. */
function idsAbout(path: string, entries: readonly TraceEntry[]): readonly string[] {
  const id = path.slice(path.lastIndexOf('/') + 1);
  const lines = entries.filter(({ what }) => what.includes(id));
  return [...new Set([id, ...lines.flatMap(({ what }) => what.match(/(?:msg|dlv)_[0-9a-f]{32}/g) ?? [])])];
}

/** `0:00:12.345`, hours, minutes and seconds. */
function durationText(ms: number): string {
  const seconds = ms / 1_000;
  const [h, m] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const s = (seconds % 60).toFixed(3).padStart(6, '0');
  return `${String(h).padStart(3)}:${String(m).padStart(2, '0')}:${s}`;
}

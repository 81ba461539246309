import { countText } from '../money-text.ts';

interface HourBarsProps {
  /** Calls by hour, for example `2026-03-01T10`. */
  readonly hours: Readonly<Record<string, number>>;
  /** `reads` or `writes` */
  readonly what: string;
}

/** The calls of each hour as bars, oldest first. */
export function HourBars({ hours, what }: HourBarsProps) {
  const bars = fillHours(hours);
  if (bars.length === 0) return <p class="note">No {what} in the last hours.</p>;
  const most = Math.max(...bars.map(([, count]) => count), 1);
  const text = bars.map(([hour, count]) => `${hourText(hour)} ${count}`).join(', ');
  return (
    <figure class="bars">
      <svg
        viewBox={`0 0 ${bars.length * 10} 40`}
        role="img"
        aria-label={`By hour: ${text}`}
        preserveAspectRatio="none"
      >
        {bars.map(([hour, count], index) => (
          <rect
            key={hour}
            class="delivered"
            x={index * 10 + 1}
            y={40 - (40 * count) / most}
            width={8}
            height={(40 * count) / most}
          >
            <title>{`${hourText(hour)}: ${countText(count)} ${what}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption class="detail">
        {hourText(bars[0]?.[0] ?? '')} to {hourText(bars.at(-1)?.[0] ?? '')} UTC, at most {countText(most)} an
        hour
      </figcaption>
    </figure>
  );
}

/** The last 24 hours up to the newest one in the ledger, also those without a call. */
function fillHours(hours: HourBarsProps['hours']): readonly (readonly [hour: string, count: number])[] {
  const newest = Object.keys(hours).toSorted().at(-1);
  if (newest === undefined) return [];
  const newestMs = Date.parse(`${newest}:00:00.000Z`);
  return Array.from({ length: 24 }, (_, index) => {
    const hour = new Date(newestMs - (23 - index) * 3_600_000).toISOString().slice(0, 13);
    return [hour, hours[hour] ?? 0] as const;
  });
}

function hourText(hour: string): string {
  return `${hour.replace('T', ' ')}:00`;
}

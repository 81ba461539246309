import { useTimedText } from '../clock.ts';
import { daysBetween } from '../time-text.ts';

/** A target close date, and how far it is away. */
export function CloseDate({ date }: { readonly date: string }) {
  const distance = useTimedText((nowMs) => distanceText(date, nowMs), [date]);
  return (
    <time dateTime={date}>
      {date}
      <br />
      <span class="detail">{distance}</span>
    </time>
  );
}

function distanceText(date: string, nowMs: number): string {
  const days = daysBetween(new Date(nowMs).toISOString().slice(0, 10), date);
  if (Number.isNaN(days)) return '';
  if (days === 0) return 'today';
  return days > 0 ? `in ${days} d` : `${-days} d ago`;
}

import { useTimedText } from '../clock.ts';
import { relativeText, utcText } from '../time-text.ts';

interface MomentProps {
  readonly at: string;
  /** Which of both is displayed; the other is in the title. @default 'both' */
  readonly as?: 'both' | 'relative' | 'utc';
}

/** A time in UTC and in words: `2026-03-01 10:00:05 · 3 min ago`. */
export function Moment({ at, as = 'both' }: MomentProps) {
  const relative = useTimedText((nowMs) => relativeText(at, nowMs), [at]);
  return (
    <time dateTime={at} title={`${at} (${relative})`}>
      {as !== 'relative' && utcText(at)}
      {as === 'both' && ' '}
      {as !== 'utc' && <span class={as === 'both' ? 'detail' : ''}>{relative}</span>}
    </time>
  );
}

import type { StageStay } from '../../api.ts';
import { useTimedText } from '../clock.ts';
import { Moment } from '../parts/moment.tsx';
import { durationText } from '../time-text.ts';

/** The stages that a deal was in, with the time in each. The bars compare the times. */
export function StageTimeline({ stays }: { readonly stays: readonly StageStay[] }) {
  if (stays.length === 0) return <p class="note">No version names a stage.</p>;
  return (
    <ol class="timeline">
      {stays.map((stay) => (
        <TimelineStay key={stay.enteredAt} stay={stay} stays={stays} />
      ))}
    </ol>
  );
}

interface TimelineStayProps {
  readonly stay: StageStay;
  readonly stays: readonly StageStay[];
}

function TimelineStay({ stay, stays }: TimelineStayProps) {
  const { stage, enteredAt, leftAt } = stay;
  const duration = useTimedText((nowMs) => durationText(stayMs(stay, nowMs)), [stay]);
  const share = useTimedText((nowMs) => shareText(stay, stays, nowMs), [stay, stays]);
  return (
    <li class={leftAt === undefined ? 'present' : ''}>
      <span class="stage">{stage}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: share }} />
      </span>
      <span>
        {leftAt === undefined ? `for ${duration} now` : duration}
        <span class="detail">
          {' '}
          from <Moment at={enteredAt} as="utc" />
        </span>
      </span>
    </li>
  );
}

function stayMs({ enteredAt, leftAt }: StageStay, nowMs: number): number {
  return (leftAt === undefined ? nowMs : Date.parse(leftAt)) - Date.parse(enteredAt);
}

/** The share of the longest stay, at least so much that it can be seen. */
function shareText(stay: StageStay, stays: readonly StageStay[], nowMs: number): string {
  const longestMs = Math.max(...stays.map((each) => stayMs(each, nowMs)), 1);
  return `${Math.max(2, Math.round((100 * stayMs(stay, nowMs)) / longestMs))}%`;
}

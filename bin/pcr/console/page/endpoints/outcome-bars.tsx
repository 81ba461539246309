import type { OutcomeHour } from '../../api.ts';
import { countText } from '../money-text.ts';
import { utcText } from '../time-text.ts';

const outcomes = ['failed', 'waiting', 'delivered'] as const;
const height = 48;

/** The deliveries of the last hours by outcome, a bar for each hour. */
export function OutcomeBars({ hours }: { readonly hours: readonly OutcomeHour[] }) {
  const most = Math.max(...hours.map((hour) => hour.delivered + hour.waiting + hour.failed), 1);
  const text = outcomes.toReversed().map((name) => `${countText(sumOf(hours, name))} ${name}`);
  return (
    <figure class="bars">
      <svg
        viewBox={`0 0 ${hours.length * 10} ${height}`}
        role="img"
        aria-label={`Deliveries of ${hours.length} hours: ${text.join(', ')}`}
        preserveAspectRatio="none"
      >
        {hours.map((hour, index) => (
          <HourBar key={hour.from} hour={hour} x={index * 10 + 1} unit={height / most} />
        ))}
      </svg>
      <figcaption class="legend">
        {outcomes.toReversed().map((name) => (
          <span key={name}>
            <span class={`swatch ${name}`} aria-hidden="true" /> {countText(sumOf(hours, name))} {name}
          </span>
        ))}
        <span class="detail">in {hours.length} hours</span>
      </figcaption>
    </figure>
  );
}

function sumOf(hours: readonly OutcomeHour[], name: (typeof outcomes)[number]): number {
  return hours.reduce((sum, hour) => sum + hour[name], 0);
}

interface HourBarProps {
  readonly hour: OutcomeHour;
  readonly x: number;
  /** Height of one delivery. */
  readonly unit: number;
}

function HourBar({ hour, x, unit }: HourBarProps) {
  const { from, delivered, waiting, failed } = hour;
  let top = height;
  const parts = outcomes.toReversed().map((name) => {
    top -= hour[name] * unit;
    return { name, top };
  });
  return (
    <g>
      <title>{`${utcText(from)}: ${delivered} delivered, ${waiting} waiting, ${failed} failed`}</title>
      <rect class="ground" x={x} y={0} width={8} height={height} />
      {parts.map(({ name, top: y }) => (
        <rect key={name} class={name} x={x} y={y} width={8} height={hour[name] * unit} />
      ))}
    </g>
  );
}

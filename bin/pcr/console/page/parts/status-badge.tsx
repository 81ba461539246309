/** How a state reads: an end in success, a wait, or a failure. The sign repeats the color. */
const tones: Readonly<Record<string, Tone>> = {
  delivered: 'good',
  succeeded: 'good',
  enabled: 'good',
  accepted: 'good',
  approved: 'good',
  closed: 'good',
  finished: 'good',
  ok: 'good',
  pending: 'caution',
  held: 'caution',
  waiting: 'caution',
  'half-open': 'caution',
  running: 'caution',
  'action required': 'caution',
  exhausted: 'bad',
  failed: 'bad',
  unreadable: 'bad',
  disabled: 'bad',
  expired: 'bad',
  rejected: 'bad',
  open: 'bad',
};

type Tone = 'good' | 'caution' | 'bad' | 'plain';
const signs: Readonly<Record<Tone, string>> = { good: '✓', caution: '◷', bad: '✕', plain: '•' };

interface StatusBadgeProps {
  readonly status: string;
  /** What follows the status: `HTTP 204`. */
  readonly detail?: string | undefined;
}

export function StatusBadge({ status, detail }: StatusBadgeProps) {
  const tone = tones[status.toLowerCase()] ?? 'plain';
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{signs[tone]}</span> {status}
      {detail !== undefined && <span class="detail"> {detail}</span>}
    </span>
  );
}

import type { StageCount } from '../../api.ts';
import { countText, shortMoneyText } from '../money-text.ts';
import { setQuery } from '../route.ts';

interface StageChipsProps {
  readonly stages: readonly StageCount[];
  readonly chosen: string;
}

/** The stages with the number and the value of their deals. Each is a filter. */
export function StageChips({ stages, chosen }: StageChipsProps) {
  return (
    <div class="chips" role="group" aria-label="Filter by stage">
      <StageChip stage="" label="All stages" isChosen={chosen === ''} />
      {stages.map(({ stage, count, amounts }) => (
        <StageChip
          key={stage}
          stage={stage}
          label={stage}
          isChosen={stage === chosen}
          figures={[
            countText(count),
            ...amounts.map(({ amount, currency }) => shortMoneyText(amount, currency)),
          ]}
        />
      ))}
    </div>
  );
}

interface StageChipProps {
  readonly stage: string;
  readonly label: string;
  readonly isChosen: boolean;
  readonly figures?: readonly string[];
}

function StageChip({ stage, label, isChosen, figures = [] }: StageChipProps) {
  return (
    <button type="button" aria-pressed={isChosen} onClick={() => setQuery({ stage: isChosen ? '' : stage })}>
      {label}
      {figures.map((figure) => (
        <span key={figure} class="detail">
          {' '}
          {figure}
        </span>
      ))}
    </button>
  );
}

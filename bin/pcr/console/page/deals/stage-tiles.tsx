import type { StageCount } from '../../api.ts';
import { countText, shortMoneyText } from '../money-text.ts';
import { setQuery } from '../route.ts';

interface StageTilesProps {
  readonly stages: readonly StageCount[];
  readonly chosen: string;
}

/** The stages with the number and the value of their deals. Each is a filter. */
export function StageTiles({ stages, chosen }: StageTilesProps) {
  const all = stages.reduce((sum, { count }) => sum + count, 0);
  return (
    <div class="tiles" role="group" aria-label="Filter by stage">
      <StageTile stage="" label="All stages" count={all} isChosen={chosen === ''} />
      {stages.map(({ stage, count, amounts }) => (
        <StageTile
          key={stage}
          stage={stage}
          label={stage}
          count={count}
          isChosen={stage === chosen}
          sums={amounts.map(({ amount, currency }) => shortMoneyText(amount, currency))}
        />
      ))}
    </div>
  );
}

interface StageTileProps {
  readonly stage: string;
  readonly label: string;
  readonly count: number;
  readonly isChosen: boolean;
  readonly sums?: readonly string[];
}

function StageTile({ stage, label, count, isChosen, sums = [] }: StageTileProps) {
  return (
    <button type="button" aria-pressed={isChosen} onClick={() => setQuery({ stage: isChosen ? '' : stage })}>
      <span>{label}</span> <strong>{countText(count)}</strong>{' '}
      <span class="detail">{sums.length > 2 ? `${sums.slice(0, 2).join(', ')}, …` : sums.join(', ')}</span>
    </button>
  );
}

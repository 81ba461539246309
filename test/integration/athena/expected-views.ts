import {
  type DealState,
  dealWithBadDate,
  erasedState,
  firstStates,
  lastReadAt,
  secondStates,
  targetCloseDate,
  thirdStates,
} from './deal-history.ts';

/** A query of a view, and the rows that it must return, in any order, with each value as text. */
export interface ExpectedView {
  readonly query: string;
  readonly rows: readonly (readonly (string | null)[])[];
}

const dayMs = 86_400_000;
const closedStages = ['Launched', 'Closed Lost'];

const allStates: readonly DealState[] = [erasedState, ...firstStates, ...secondStates, ...thirdStates];
const ids = [...new Set(allStates.map(({ id }) => id))];

const statesOf = (id: string): readonly DealState[] => allStates.filter((state) => state.id === id);
const lastOf = (id: string): DealState => statesOf(id).at(-1) ?? erasedState;

/** Without states that only a packed payload knows. The summary knows the newest one. */
const readableOf = (id: string): readonly DealState[] =>
  statesOf(id).filter((state) => !state.isPacked || state === lastOf(id));

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const amountOf = ({ amount }: DealState): number | undefined =>
  amount === undefined || amount.length > 16 ? undefined : Number(amount);
const currencyOf = ({ amount }: DealState): string | null => (amount === undefined ? null : 'USD');
const moneyOf = (amount: number | undefined): string | null => amount?.toFixed(2) ?? null;

interface Stay {
  readonly state: DealState;
  readonly enteredMs: number;
  readonly leftMs: number | undefined;
}

function staysOf(id: string): readonly Stay[] {
  const entries = readableOf(id).filter((state, index, all) => all[index - 1]?.stage !== state.stage);
  return entries.map((state, index) => {
    const next = entries[index + 1];
    return { state, enteredMs: Date.parse(state.at), leftMs: next && Date.parse(next.at) };
  });
}

/** What is open at the end of each of the 400 days before the last read. */
function pipelineRows(): ExpectedView['rows'] {
  const lastDayMs = Math.floor(Date.parse(lastReadAt) / dayMs) * dayMs;
  return Array.from({ length: 400 }, (_, index) => lastDayMs - index * dayMs).flatMap((startMs) => {
    const open = ids.flatMap((id) => {
      const state = readableOf(id).findLast(({ at }) => Date.parse(at) < startMs + dayMs);
      return state && !closedStages.includes(state.stage) ? [state] : [];
    });
    const groups = Map.groupBy(open, (state) => `${state.stage}/${currencyOf(state)}`);
    return [...groups.values()].map((states) => {
      const amounts = states.flatMap((state) => amountOf(state) ?? []);
      const sum = amounts.length > 0 ? amounts.reduce((total, amount) => total + amount) : undefined;
      const [first = erasedState] = states;
      return [
        dayOf(startMs),
        first.stage,
        currencyOf(first),
        String(states.length),
        moneyOf(sum),
        String(states.length - amounts.length),
      ];
    });
  });
}

const closeDateOf = (id: string): string | null => (id === dealWithBadDate ? null : targetCloseDate);
const isOpen = (id: string): boolean => !closedStages.includes(lastOf(id).stage);
const daysSince = (ms: number): string => String(Math.floor((Date.parse(lastReadAt) - ms) / dayMs));

/** Computed from the history of the deals, without any SQL. */
export const expectedViews: Readonly<Record<string, ExpectedView>> = {
  deals: {
    query:
      'SELECT id, title, stage, amount, currency, target_close_date, is_closed, is_withdrawn, aws_score, aws_manager FROM deals',
    rows: ids.map((id) => {
      const [score, manager] = id === 'O1000001' ? ['High', 'owner@aws.example.com'] : [null, null];
      const title = id === erasedState.id ? null : `Deal ${id}`;
      const last = lastOf(id);
      const money = [moneyOf(amountOf(last)), currencyOf(last)];
      return [id, title, last.stage, ...money, closeDateOf(id), String(!isOpen(id)), 'false', score, manager];
    }),
  },
  changes: {
    query: `SELECT id, value_before, value_after FROM changes WHERE path = '/LifeCycle/Stage'`,
    rows: ids.flatMap((id) =>
      statesOf(id).flatMap((state, index, all) => {
        const before = all[index - 1];
        // The large value is in the changes too, before or after.
        const isPacked = state.isPacked || before?.isPacked;
        return before === undefined || before.stage === state.stage || isPacked
          ? []
          : [[id, before.stage, state.stage]];
      }),
    ),
  },
  stage_stays: {
    query:
      'SELECT id, stage, CAST(entered_at AS date), CAST(left_at AS date), CAST(days AS decimal(9, 2)) FROM stage_stays',
    rows: ids.flatMap((id) =>
      staysOf(id).map(({ state, enteredMs, leftMs }) => [
        id,
        state.stage,
        dayOf(enteredMs),
        leftMs === undefined ? null : dayOf(leftMs),
        leftMs === undefined ? null : ((leftMs - enteredMs) / dayMs).toFixed(2),
      ]),
    ),
  },
  pipeline_by_day: {
    query: 'SELECT day, stage, currency, deals, amount, deals_without_amount FROM pipeline_by_day',
    rows: pipelineRows(),
  },
  win_rate: {
    query: 'SELECT catalog, month, won, lost, win_rate FROM win_rate',
    rows: [['AWS', '2026-02-01', '1', '1', '0.5']],
  },
  acceptance: {
    query:
      'SELECT catalog, month, invitations, accepted, rejected, expired, pending, acceptance_rate FROM acceptance',
    rows: [['AWS', '2026-02-01', '3', '1', '1', '0', '1', '0.5']],
  },
  ageing: {
    query:
      'SELECT id, stage, CAST(floor(days_in_stage) AS bigint), CAST(floor(days_unchanged) AS bigint), days_overdue FROM ageing',
    rows: ids.filter(isOpen).map((id) => {
      const stay = staysOf(id).at(-1);
      const overdue = closeDateOf(id) === null ? '0' : daysSince(Date.parse(targetCloseDate));
      const unchanged = daysSince(Date.parse(lastOf(id).at));
      return [id, lastOf(id).stage, daysSince(stay?.enteredMs ?? 0), unchanged, overdue];
    }),
  },
  loss_reasons: {
    query: 'SELECT catalog, reason, currency, deals, amount FROM loss_reasons',
    rows: [['AWS', 'Price', 'USD', '1', '500.25']],
  },
  aws_manager_per_deal: {
    query: 'SELECT aws_manager, id, stage, amount, aws_score FROM aws_manager_per_deal',
    rows: [['owner@aws.example.com', 'O1000001', 'Launched', '2000.00', 'High']],
  },
};

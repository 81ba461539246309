import type { Transition } from './alarms/alarm-board.ts';
import type { Drill } from './drill.ts';
import { findUndocumentedSteps, performStep } from './mend.ts';
import { formatTime, seriesLine, transitionLine } from './report.ts';
import type { Advice } from './runbook.ts';
import type { DrillStage } from './stage/drill-stage.ts';

/** What a drill needs of a stage, apart from what it breaks and mends. */
export type DrilledStage = Pick<DrillStage, 'board' | 'play' | 'pcr'> & {
  readonly clock: Pick<DrillStage['clock'], 'nowMs'>;
};

/** What a drill found wrong; none if the alarm did what it should. */
export type Problems = readonly string[];

/** Longer than any alarm lasts that an earlier drill has left behind. */
const quietMinutes = 28 * 60;

/**
 * Plays a drill on a stage. All alarms must be OK before it, and are OK after it.
 * @param advice what the runbook says about the alarm: every step of the drill must be in it
 * @param print called with what happens, line by line
 */
export async function runDrill<Stage extends DrilledStage>(
  drill: Drill<Stage>,
  advice: Advice,
  stage: Stage,
  print: (line: string) => void,
): Promise<Problems> {
  const undocumented = findUndocumentedSteps(drill.mend, advice);
  if (undocumented.length > 0)
    return undocumented.map((text) => `the runbook does not say under ${drill.alarm}, Do: ${text}`);
  const { board, clock, play } = stage;
  const startMs = clock.nowMs();
  let printed = board.transitions.length;
  const at = (): string => formatTime(clock.nowMs() - startMs);
  const note = (line: string): void => print(`  ${at()}  ${line}`);
  const isQuiet = (): boolean => board.names.every((name) => board.stateOf(name) === 'OK');
  const isFiring = (): boolean => board.stateOf(drill.alarm) === 'ALARM';
  const printTransitions = (): void => {
    for (const transition of board.transitions.slice(printed)) {
      print(`  ${transitionLine(transition, startMs)}`);
      if (transition.alarm === drill.alarm) print(`          ${seriesLine(board, transition)}`);
    }
    printed = board.transitions.length;
  };
  const playUntil = async (minutes: number, until: () => boolean): Promise<boolean> => {
    const isReached = until() || (await play(minutes, until));
    printTransitions();
    return isReached;
  };

  print(`${drill.alarm}`);
  if (!(await playUntil(quietMinutes, isQuiet))) return [`not quiet: ${activeAlarms(board.names, board)}`];
  const first = board.transitions.length;
  note(drill.fault);
  await drill.cause(stage);
  if (!(await playUntil(drill.firesWithinMinutes, isFiring)))
    return [
      `it did not fire within ${drill.firesWithinMinutes} minutes: ${seriesLine(board, { alarm: drill.alarm, atMs: clock.nowMs() })}`,
    ];
  for (const step of drill.mend) await performStep(step, stage, note);
  if (!(await playUntil(drill.endsWithinMinutes, isQuiet)))
    return [`not ended within ${drill.endsWithinMinutes} minutes: ${activeAlarms(board.names, board)}`];
  return findUnexpected(drill, board.transitions.slice(first));
}

function activeAlarms(names: readonly string[], board: DrillStage['board']): string {
  return names.filter((name) => board.stateOf(name) !== 'OK').join(', ');
}

/** The alarms that fired must be exactly the one of the drill and those that it names. */
function findUnexpected(
  { alarm, alsoFires = {} }: Pick<Drill, 'alarm' | 'alsoFires'>,
  transitions: readonly Transition[],
): Problems {
  const fired = new Set(transitions.filter(({ to }) => to === 'ALARM').map((each) => each.alarm));
  const expected = new Set([alarm, ...Object.keys(alsoFires)]);
  return [
    ...[...fired].filter((name) => !expected.has(name)).map((name) => `${name} fired too, without a reason`),
    ...[...expected].filter((name) => !fired.has(name)).map((name) => `${name} did not fire`),
  ];
}

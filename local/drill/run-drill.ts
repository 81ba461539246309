import type { AlarmBoard, Transition } from './alarms/alarm-board.ts';
import type { Drill } from './drill.ts';
import { DrillStory } from './drill-story.ts';
import { findUndocumentedSteps, performStep } from './mend.ts';
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
  const { board, play } = stage;
  const isQuiet = (): boolean => findActive(board).length === 0;
  const isFiring = (): boolean => board.stateOf(drill.alarm) === 'ALARM';

  print(drill.alarm);
  if (!isQuiet() && !(await play(quietMinutes, isQuiet)))
    return [`not quiet: ${findActive(board).join(', ')}`];
  const story = new DrillStory(drill.alarm, stage, print);
  story.note(drill.fault);
  await drill.cause(stage);
  const hasFired = isFiring() || (await play(drill.firesWithinMinutes, isFiring));
  story.printTransitions();
  if (!hasFired) return [`it did not fire within ${drill.firesWithinMinutes} minutes: ${story.seriesNow()}`];
  for (const step of drill.mend) await performStep(step, stage, (line) => story.note(line));
  const hasEnded = isQuiet() || (await play(drill.endsWithinMinutes, isQuiet));
  story.printTransitions();
  if (!hasEnded)
    return [`not ended within ${drill.endsWithinMinutes} minutes: ${findActive(board).join(', ')}`];
  return findUnexpected(drill, story.transitions());
}

function findActive(board: AlarmBoard): readonly string[] {
  return board.names.filter((name) => board.stateOf(name) !== 'OK');
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

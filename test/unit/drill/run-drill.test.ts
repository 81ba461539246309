import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../../local/drill/alarms/alarm.ts';
import { AlarmBoard } from '../../../local/drill/alarms/alarm-board.ts';
import { MetricData } from '../../../local/drill/alarms/metric-data.ts';
import { parseMetricMath } from '../../../local/drill/alarms/metric-math.ts';
import type { Drill } from '../../../local/drill/drill.ts';
import { type DrilledStage, runDrill } from '../../../local/drill/run-drill.ts';

const minuteMs = 60_000;

/** What is broken on the stage of these tests. */
type Fault = 'Parked' | 'Drift';

function alarmOf(name: Fault): Alarm {
  return {
    name,
    periodMs: minuteMs,
    math: parseMetricMath('SUM([FILL(m, 0)])'),
    metrics: new Map([['m', { namespace: 'Test', name, dimensions: {}, statistic: 'Sum' }]]),
    comparison: '>',
    threshold: 0,
    isBreaching: (value) => value > 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
  };
}

interface World extends DrilledStage {
  readonly broken: Set<Fault>;
  readonly commands: string[];
}

/** A stage on which an alarm is active while something is broken. */
function world(exitCode = 0): World {
  const data = new MetricData();
  const board = new AlarmBoard([alarmOf('Parked'), alarmOf('Drift')], data);
  const broken = new Set<Fault>();
  const commands: string[] = [];
  let nowMs = 0;
  return {
    broken,
    commands,
    board,
    clock: { nowMs: () => nowMs },
    play: async (minutes, until = () => false) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        for (const name of broken) data.add({ namespace: 'Test', name, dimensions: {} }, 1, nowMs);
        nowMs += minuteMs;
        board.evaluate(nowMs);
        if (until()) return true;
      }
      return false;
    },
    pcr: async (args) => {
      commands.push(args.join(' '));
      broken.clear();
      return { code: exitCode, out: '1 message: done.\n', err: '' };
    },
  };
}

const drill: Drill<World> = {
  alarm: 'Parked',
  fault: 'A read is denied.',
  cause: async ({ broken }) => void broken.add('Parked'),
  firesWithinMinutes: 2,
  mend: [
    { words: 'remove the cause' },
    { command: 'pcr parked redrive --queue QUEUE --all --yes', values: () => ({ QUEUE: 'delivery' }) },
  ],
  endsWithinMinutes: 5,
};
const advice = 'remove the cause, then `pcr parked redrive --queue QUEUE --all --yes`.';

async function play(changed: Partial<Drill<World>> = {}, stage = world()) {
  const printed: string[] = [];
  const problems = await runDrill({ ...drill, ...changed }, advice, stage, (line) => printed.push(line));
  return { problems, printed, stage };
}

const both = async ({ broken }: World) => void broken.add('Parked').add('Drift');

describe('a drill', () => {
  it('passes if its alarm fires, and ends after what the runbook says is done', async () => {
    const { problems, printed, stage } = await play();
    expect(problems).toEqual([]);
    expect(stage.commands).toEqual(['parked redrive --queue delivery --all --yes']);
    const lines = printed.map((line) => line.replace(/^ +\+\d:\d\d +/, ''));
    expect(lines).toEqual([
      'Parked',
      'A read is denied.',
      'Parked: OK → ALARM',
      expect.stringContaining('0 0 1 in periods of 1 min; ALARM if 1 of 1 > 0'),
      'by hand: remove the cause',
      '$ pcr parked redrive --queue delivery --all --yes',
      '1 message: done.',
      'Parked: ALARM → OK',
      expect.stringContaining('0 1 0 in periods of 1 min'),
    ]);
  });

  it('fails if its alarm does not fire, and says with which data points', async () => {
    const { problems } = await play({ cause: () => Promise.resolve() });
    expect(problems).toEqual([
      'it did not fire within 2 minutes: 0 0 0 in periods of 1 min; ALARM if 1 of 1 > 0',
    ]);
  });

  it('fails if its alarm does not end', async () => {
    const { problems } = await play({ mend: [{ words: 'remove the cause' }] });
    expect(problems).toEqual(['not ended within 5 minutes: Parked']);
  });

  it('fails if another alarm fires without a reason, or one that it expects does not', async () => {
    expect((await play({ cause: both })).problems).toEqual(['Drift fired too, without a reason']);
    const alsoFires = { Drift: 'the change is found' };
    expect((await play({ cause: both, alsoFires })).problems).toEqual([]);
    expect((await play({ alsoFires })).problems).toEqual(['Drift did not fire']);
  });

  it('fails before it breaks anything if the runbook does not print a step', async () => {
    const { problems, stage } = await play({ mend: [{ command: 'pcr doctor' }] });
    expect(problems).toEqual(['the runbook does not say under Parked, Do: pcr doctor']);
    expect(stage.board.transitions).toEqual([]);
  });

  it('fails if an alarm of another drill is still active', async () => {
    const stage = world();
    stage.broken.add('Drift');
    expect((await play({}, stage)).problems).toEqual(['not quiet: Drift']);
  });

  it('fails if a command of the runbook fails', async () => {
    await expect(play({}, world(1))).rejects.toThrow(
      'pcr parked redrive --queue delivery --all --yes ended with exit code 1',
    );
  });
});

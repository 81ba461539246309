import { expect, it } from 'vitest';
import { DrillClock } from '../../../local/drill/stage/drill-clock.ts';

const minuteMs = 60_000;

it('the clock of a drill jumps to the ends of minutes, and translates what programs without it wrote', () => {
  let machineMs = 10 * minuteMs + 5_000;
  const clock = new DrillClock(() => machineMs);
  expect(clock.nextMinuteMs()).toBe(11 * minuteMs);
  clock.advanceTo(clock.nextMinuteMs());
  expect(clock.nowMs()).toBe(11 * minuteMs);
  const sentAtMs = machineMs + 1_000;
  machineMs += 2_000;
  clock.advanceTo(clock.nextMinuteMs());
  expect(clock.nowMs()).toBe(12 * minuteMs);
  expect(clock.fromMachine(sentAtMs)).toBe(11 * minuteMs + 1_000);
  expect(clock.fromMachine(machineMs)).toBe(12 * minuteMs);
  expect(clock.fromMachine(5)).toBe(5);
});

it('the clock of a drill never goes back', () => {
  const clock = new DrillClock(() => minuteMs);
  clock.advanceTo(0);
  expect(clock.nowMs()).toBe(minuteMs);
});

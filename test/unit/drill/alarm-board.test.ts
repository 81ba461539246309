import { describe, expect, it } from 'vitest';
import { readAlarms } from '../../../local/drill/alarms/alarm.ts';
import { AlarmBoard } from '../../../local/drill/alarms/alarm-board.ts';
import { MetricData } from '../../../local/drill/alarms/metric-data.ts';
import type { Template } from '../../../local/host/template/template.ts';

const minuteMs = 60_000;
const errors = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'deliver' } };

function templateOf(properties: Readonly<Record<string, unknown>>): Template {
  const resource = {
    logicalId: 'Alarm1',
    type: 'AWS::CloudWatch::Alarm',
    id: 'Monitoring/Urgent/FunctionErrors',
    properties,
  };
  return {
    stackName: 'Relay',
    resources: new Map([[resource.logicalId, resource]]),
    parameters: new Map(),
    outputs: new Map(),
    assetFolder: () => '',
  };
}

const simple = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'FunctionName', Value: 'deliver' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
};

const metricStat = (Period: number) => ({
  Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: simple.Dimensions },
  Period,
  Stat: 'Sum',
});
const { Namespace: _, MetricName: _name, Statistic: _statistic, Period: _period, ...rule } = simple;
const math = {
  ...rule,
  Metrics: [
    { Id: 'total', Expression: 'SUM([FILL(a, 0), FILL(b, 0)])' },
    { Id: 'a', MetricStat: metricStat(300), ReturnData: false },
    { Id: 'b', MetricStat: metricStat(300), ReturnData: false },
  ],
};

function boardOf(properties: Readonly<Record<string, unknown>>) {
  const data = new MetricData();
  return {
    data,
    board: new AlarmBoard(
      readAlarms(templateOf(properties), (value) => value),
      data,
    ),
  };
}

describe('the alarms of a template', () => {
  it.each([
    ['one metric', simple],
    ['metric math', math],
  ])('an alarm on %s changes its state with the data points of sliding windows', (_title, properties) => {
    const { data, board } = boardOf(properties);
    const states = [];
    for (let minute = 1; minute <= 40; minute += 1) {
      // One value in each of two windows of five minutes, which begin at no multiple of five.
      if (minute === 3 || minute === 8) data.add(errors, 1, minute * minuteMs - 1);
      board.evaluate(minute * minuteMs);
      states.push(board.stateOf('FunctionErrors'));
    }
    expect(states.indexOf('ALARM')).toBe(7);
    expect(board.transitions).toEqual([
      { alarm: 'FunctionErrors', from: 'INSUFFICIENT_DATA', to: 'OK', atMs: minuteMs },
      { alarm: 'FunctionErrors', from: 'OK', to: 'ALARM', atMs: 8 * minuteMs },
      expect.objectContaining({ from: 'ALARM', to: 'OK' }),
    ]);
  });

  it('are not affected by values with other dimensions', () => {
    const { data, board } = boardOf({ ...simple, DatapointsToAlarm: 1 });
    data.add({ ...errors, dimensions: { FunctionName: 'sweep' } }, 1, minuteMs);
    board.evaluate(2 * minuteMs);
    expect(board.stateOf('FunctionErrors')).toBe('OK');
  });

  it.each([
    [{ ...simple, Statistic: 'p99' }, 'Alarm1 (AWS::CloudWatch::Alarm at Monitoring/Urgent/FunctionErrors)'],
    [{ ...simple, EvaluationWindow: {} }, 'the drills evaluate sliding windows only'],
    [
      { ...math, Metrics: [...math.Metrics.slice(0, 2), { Id: 'b', MetricStat: metricStat(60) }] },
      'all metrics of an alarm must have the same period, found: 300,60',
    ],
    [
      { ...math, Metrics: math.Metrics.slice(1) },
      'exactly one metric or expression must return data, found: 0',
    ],
  ])('an alarm of a form that is not supported is refused, case %#', (properties, message) => {
    expect(() => boardOf(properties)).toThrow(message);
  });

  it('are listed if one is named that does not exist', () => {
    const { board } = boardOf(simple);
    expect(() => board.alarm('Errors')).toThrow('There is no alarm Errors. Alarms: FunctionErrors');
  });
});

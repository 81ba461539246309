import { describe, expect, it } from 'vitest';
import { readEmbeddedMetrics } from '../../../local/embedded-metrics.ts';

const line = {
  _aws: {
    Timestamp: 1_000,
    CloudWatchMetrics: [
      {
        Namespace: 'Relay',
        Dimensions: [['service'], ['service', 'stack']],
        Metrics: [{ Name: 'Parked', Unit: 'Count' }, { Name: 'Age' }],
      },
    ],
  },
  service: 'sweep',
  stack: 'one',
  Parked: 2,
  Age: [3, 4],
};

describe('the embedded metric format', () => {
  it('gives each value to each set of dimensions', () => {
    const read = readEmbeddedMetrics(JSON.stringify(line));
    expect(read.map(({ metric, value }) => [metric.name, metric.dimensions, value])).toEqual([
      ['Parked', { service: 'sweep' }, 2],
      ['Age', { service: 'sweep' }, 3],
      ['Age', { service: 'sweep' }, 4],
      ['Parked', { service: 'sweep', stack: 'one' }, 2],
      ['Age', { service: 'sweep', stack: 'one' }, 3],
      ['Age', { service: 'sweep', stack: 'one' }, 4],
    ]);
    expect(new Set(read.map(({ atMs, metric }) => `${metric.namespace} ${atMs}`))).toEqual(
      new Set(['Relay 1000']),
    );
  });

  it('has no metric in any other line', () => {
    expect(readEmbeddedMetrics('START RequestId: 1')).toEqual([]);
    expect(readEmbeddedMetrics('{"message":"sweep.finished"}')).toEqual([]);
  });

  it('is refused if a value or a dimension is missing', () => {
    const { Age: _, ...withoutValue } = line;
    const { stack: _stack, ...withoutDimension } = line;
    for (const broken of [withoutValue, withoutDimension])
      expect(() => readEmbeddedMetrics(JSON.stringify(broken))).toThrow('Invalid type');
  });
});

import * as v from 'valibot';
import { compilePattern, type Matcher } from '../../../lambdas/core/event-pattern.ts';
import { parseProperties, type Resolve } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';

/** An event source mapping of the template. Durations are not scaled. */
export interface EventSourceMapping {
  readonly resource: Resource;
  /** Name or ARN. */
  readonly functionName: string;
  readonly eventSourceArn: string;
  readonly batchSize: number | undefined;
  readonly windowSeconds: number;
  readonly reportsBatchItemFailures: boolean;
  readonly maximumConcurrency: number | undefined;
  /** A record is delivered if any filter matches it. Undefined: all records are delivered. */
  readonly filters: readonly Matcher[] | undefined;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Undefined: no limit. */
  readonly maximumRetryAttempts: number | undefined;
  readonly bisects: boolean;
}

const schema = v.object({
  FunctionName: v.string(),
  EventSourceArn: v.string(),
  Enabled: v.optional(v.boolean(), true),
  BatchSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  FunctionResponseTypes: v.optional(v.array(v.literal('ReportBatchItemFailures')), []),
  ScalingConfig: v.optional(v.object({ MaximumConcurrency: v.optional(v.number()) })),
  FilterCriteria: v.optional(
    v.object({ Filters: v.optional(v.array(v.object({ Pattern: v.string() })), []) }),
  ),
  StartingPosition: v.optional(v.picklist(['TRIM_HORIZON', 'LATEST']), 'TRIM_HORIZON'),
  MaximumRetryAttempts: v.optional(v.number(), -1),
  BisectBatchOnFunctionError: v.optional(v.boolean(), false),
  DestinationConfig: v.optional(v.never('the local stage has no destinations on failure')),
});

/** @throws Error naming the logical id of a mapping that is invalid or not supported */
export function readEventSourceMappings(template: Template, resolve: Resolve): readonly EventSourceMapping[] {
  const resources = [...template.resources.values()].filter(
    ({ type }) => type === 'AWS::Lambda::EventSourceMapping',
  );
  return resources.flatMap((resource) => {
    const mapping = parseProperties(schema, resource, resolve);
    if (!mapping.Enabled) return [];
    return [
      {
        resource,
        functionName: mapping.FunctionName,
        eventSourceArn: mapping.EventSourceArn,
        batchSize: mapping.BatchSize,
        windowSeconds: mapping.MaximumBatchingWindowInSeconds,
        reportsBatchItemFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
        maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
        filters: mapping.FilterCriteria?.Filters.map(({ Pattern }) => compilePattern(JSON.parse(Pattern))),
        startingPosition: mapping.StartingPosition,
        maximumRetryAttempts: mapping.MaximumRetryAttempts < 0 ? undefined : mapping.MaximumRetryAttempts,
        bisects: mapping.BisectBatchOnFunctionError,
      },
    ];
  });
}

/** Returns whether Lambda would deliver this record to the function. */
export function matchesAnyFilter(filters: readonly Matcher[] | undefined, record: unknown): boolean {
  return filters === undefined || filters.length === 0 || filters.some((matches) => matches(record));
}

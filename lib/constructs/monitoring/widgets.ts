import {
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/** A dashboard is 24 units wide: three widgets in a row. */
const width = 8;
const height = 6;

/** A heading across the dashboard, with a text below it. */
export function sectionHeading(title: string, text: string): IWidget[] {
  const markdown = `## ${title}\n${text}`;
  return [new TextWidget({ markdown, width: 24, height: 2, background: TextWidgetBackground.TRANSPARENT })];
}

export interface GraphOptions {
  readonly unit?: string;
  /** Whether to stack the lines, which suits values that add up. @default false */
  readonly stacked?: boolean;
  readonly thresholds?: readonly HorizontalAnnotation[];
}

export function graphWidget(title: string, metrics: readonly IMetric[], options: GraphOptions = {}): IWidget {
  return new GraphWidget({
    title,
    width,
    height,
    left: [...metrics],
    leftYAxis: { min: 0, showUnits: false, ...(options.unit && { label: options.unit }) },
    stacked: options.stacked ?? false,
    leftAnnotations: [...(options.thresholds ?? [])],
  });
}

/**
 * A table counted from log lines. As metrics these counts would cost one metric per endpoint,
 * detail-type or reason.
 */
export function logTableWidget(
  title: string,
  logs: readonly ILogGroup[],
  ...queryLines: readonly string[]
): IWidget {
  return new LogQueryWidget({
    title,
    width,
    height,
    logGroupNames: logs.map(({ logGroupName }) => logGroupName),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [...queryLines],
  });
}

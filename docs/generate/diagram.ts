import * as v from 'valibot';
import type { Template } from '../../local/host/template/template.ts';
import { type DiagramNodes, isTable, nameNodes, nodeId } from './diagram-nodes.ts';
import { filterResources, readFunctions, readRules, type StackFunction } from './stack-graph.ts';

/**
 * Renders a flowchart of the stack in Mermaid. Solid lines carry or write, dotted lines read or
 * signal again. To keep it small it leaves out logs, alarms, parked queues, and messages of a
 * function to its own queue.
 * @throws Error if the template holds a queue or table that the diagram cannot draw
 */
export function renderDiagram(template: Template): string {
  const functions = readFunctions(template);
  const names = nameNodes(template, functions);
  const lines = [
    'bus([default event bus<br>us-east-1])',
    'pc([Partner Central<br>Selling API])',
    'secrets([Secrets Manager])',
    'you([your endpoint])',
    ...[...names.values()].map(({ id, shape }) => id + shape),
    ...ruleEdges(template, names),
    ...sourceEdges(functions, names),
    ...outsideEdges(functions, names),
    ...sendEdges(functions, names),
    ...tableEdges(template, functions, names),
  ];
  return ['```mermaid', 'flowchart LR', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

const patternSchema = v.object({
  'detail-type': v.optional(v.array(v.string())),
});

function ruleEdges(template: Template, names: DiagramNodes): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { pattern, targets } of readRules(template)) {
    for (const target of targets)
      labels.set(target, [...(labels.get(target) ?? []), describePattern(pattern)]);
  }
  return [...labels].map(([target, texts]) => `bus -->|${texts.join('<br>')}| ${nodeId(names, target)}`);
}

/** Describes what a rule matches: `Opportunity *` for detail-types with a common beginning. */
function describePattern(pattern: unknown): string {
  const named = v.parse(patternSchema, pattern)['detail-type'];
  if (named === undefined) return 'everything else';
  const [first = ''] = named;
  const words = first.split(' ');
  const alike = words.filter((_, n) =>
    named.every((type) => type.startsWith(words.slice(0, n + 1).join(' '))),
  );
  return [...alike, '*'].join(' ');
}

function sourceEdges(functions: readonly StackFunction[], names: DiagramNodes): readonly string[] {
  return functions.flatMap(({ resource, sources }) =>
    sources.map((source) => {
      const arrow = isTable(names, source) ? '-->|stream|' : '-->';
      return `${nodeId(names, source)} ${arrow} ${nodeId(names, resource.logicalId)}`;
    }),
  );
}

function outsideEdges(functions: readonly StackFunction[], names: DiagramNodes): readonly string[] {
  const that = (pattern: RegExp) =>
    joinNodeIds(
      functions.filter((one) => isAllowed(one, pattern)),
      names,
    );
  const readers = functions.filter((one) => isAllowed(one, /^partnercentral:Get/));
  const listers = functions.filter((one) => isAllowed(one, /^partnercentral:List/) && !readers.includes(one));
  return [
    `pc -.read.-> ${joinNodeIds(readers, names)}`,
    `pc -.list.-> ${joinNodeIds(listers, names)}`,
    `secrets -.to sign.-> ${that(/^secretsmanager:GetSecretValue$/)}`,
    `${that(/^secretsmanager:GetSecretValue$/)} ==>|signed POST| you`,
  ];
}

/** Draws the functions that send messages to queues of other functions. */
function sendEdges(functions: readonly StackFunction[], names: DiagramNodes): readonly string[] {
  return functions.flatMap((one) => {
    const queues = one.grants
      .filter(({ action }) => action === 'sqs:SendMessage')
      .flatMap(({ resources }) => resources)
      .filter((queue) => names.has(queue) && !one.sources.includes(queue));
    if (queues.length === 0) return [];
    const arrow = one.schedule === undefined ? '-->' : '-.what was missed.->';
    return [
      `${nodeId(names, one.resource.logicalId)} ${arrow} ${queues.map((id) => nodeId(names, id)).join(' & ')}`,
    ];
  });
}

function tableEdges(
  template: Template,
  functions: readonly StackFunction[],
  names: DiagramNodes,
): readonly string[] {
  return filterResources(template, 'AWS::DynamoDB::GlobalTable').flatMap(({ logicalId }) => {
    const on = (pattern: RegExp) => functions.filter((one) => isAllowed(one, pattern, logicalId));
    const writers = on(/^dynamodb:(?:Put|Update|Delete)/);
    const readers = on(/^dynamodb:(?:Query|(?:Batch)?GetItem|Scan)$/).filter((one) => !writers.includes(one));
    const table = nodeId(names, logicalId);
    return [
      ...(writers.length > 0 ? [`${joinNodeIds(writers, names)} --> ${table}`] : []),
      ...(readers.length > 0 ? [`${table} -.-> ${joinNodeIds(readers, names)}`] : []),
    ];
  });
}

function isAllowed({ grants }: StackFunction, action: RegExp, resource?: string): boolean {
  return grants.some(
    (grant) => action.test(grant.action) && (resource === undefined || grant.resources.includes(resource)),
  );
}

const joinNodeIds = (functions: readonly StackFunction[], names: DiagramNodes): string =>
  functions.map(({ resource }) => nodeId(names, resource.logicalId)).join(' & ');

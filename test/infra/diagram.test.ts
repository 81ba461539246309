import { describe, expect, it } from 'vitest';
import { renderDiagram } from '../../docs/generate/diagram.ts';
import { filterResources, readRules } from '../../docs/generate/stack-graph.ts';
import { synthesizedTemplate } from '../../docs/generate/synthesized-template.ts';
import type { Resource } from '../../local/host/template/template.ts';

const template = synthesizedTemplate();
const diagram = renderDiagram(template);

const changed = (change: (resource: Resource) => Resource) => ({
  ...template,
  resources: new Map([...template.resources].map(([id, resource]) => [id, change(resource)])),
});

describe('the diagram of the stack', () => {
  it.each([
    ['AWS::Lambda::Function', /^ {2}\w+\[[a-z-]+(?:<br>every \w+)?\]$/gm],
    ['AWS::DynamoDB::GlobalTable', /^ {2}\w+\[\(.+\)\]$/gm],
  ])('has a node for every %s', (type, shape) => {
    const resources = filterResources(template, type);
    expect(resources).not.toEqual([]);
    expect(diagram.match(shape)).toHaveLength(resources.length);
  });

  it('has a node for every work queue, but not for parked queues', () => {
    const queues = filterResources(template, 'AWS::SQS::Queue').filter(({ id }) => id.endsWith('/Queue'));
    expect(diagram.match(/^ {2}\w+\[\[.+\]\]$/gm)).toHaveLength(queues.length);
    expect(diagram).not.toContain('Parked');
  });

  it('has an edge for what every rule matches', () => {
    expect(readRules(template)).toHaveLength(4);
    expect(diagram).toContain('bus -->|Opportunity *| Opportunities');
    expect(diagram).toContain('bus -->|Engagement Invitation *| Invitations');
    expect(diagram).toContain('bus -->|everything else| Events');
  });

  it('has edges for reads, writes and streams, and the rate of schedules', () => {
    expect(diagram).toMatch(/^ {2}FanOut & Deliver & HydrateOpportunity & .* --> Records$/m);
    expect(diagram).toContain('Records -.-> Sweep');
    expect(diagram).toContain('Records -->|stream| FanOut');
    expect(diagram).toContain('Sweep[sweep<br>every minute]');
    expect(diagram).toContain('pc -.list.-> Reconcile');
  });

  it('has fewer than 60 lines, so that it stays readable', () => {
    expect(diagram.split('\n').length).toBeLessThan(60);
  });

  it('rejects a queue without a parked queue, and a table without a purpose', () => {
    const alone = changed((resource) =>
      resource.id === 'Hydration/Opportunities/Queue' ? { ...resource, properties: {} } : resource,
    );
    expect(() => renderDiagram(alone)).toThrow(/^Hydration\/Opportunities\/\w+ has no parked queue$/);
    const unknown = changed((resource) =>
      resource.id === 'Control/Table' ? { ...resource, id: 'Ledger/Table' } : resource,
    );
    expect(() => renderDiagram(unknown)).toThrow('Add the purpose of table Ledger/Table to tablePurposes');
  });
});

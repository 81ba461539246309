import { describe, expect, it } from 'vitest';
import { renderDiagram } from '../../docs/generate/diagram.ts';
import { filterResources, readRules } from '../../docs/generate/stack-graph.ts';
import { synthesizedTemplate } from '../../docs/generate/synthesized-template.ts';
import type { Resource } from '../../local/host/template/template.ts';

const template = synthesizedTemplate();
const drawn = renderDiagram(template);

const changed = (change: (resource: Resource) => Resource) => ({
  ...template,
  resources: new Map([...template.resources].map(([id, resource]) => [id, change(resource)])),
});

describe('the drawing of the stack', () => {
  it.each([
    ['AWS::Lambda::Function', /^ {2}\w+\[[a-z-]+(?:<br>every \w+)?\]$/gm],
    ['AWS::DynamoDB::GlobalTable', /^ {2}\w+\[\(.+\)\]$/gm],
  ])('shows every %s', (type, shape) => {
    const resources = filterResources(template, type);
    expect(resources).not.toEqual([]);
    expect(drawn.match(shape)).toHaveLength(resources.length);
  });

  it('shows every queue that is worked on, and no parked one', () => {
    const queues = filterResources(template, 'AWS::SQS::Queue').filter(({ id }) => id.endsWith('/Queue'));
    expect(drawn.match(/^ {2}\w+\[\[.+\]\]$/gm)).toHaveLength(queues.length);
    expect(drawn).not.toContain('Parked');
  });

  it('shows what every rule takes, and where to', () => {
    expect(readRules(template)).toHaveLength(5);
    expect(drawn).toContain('bus -->|Opportunity *| Opportunities');
    expect(drawn).toContain('bus -->|Engagement Invitation *| Invitations');
    expect(drawn).toContain('bus -->|everything else<br>other catalogs| Events');
  });

  it('shows who writes, who reads and who is called when', () => {
    expect(drawn).toMatch(/^ {2}HydrateOpportunity & .* & FanOut --> Records$/m);
    expect(drawn).toContain('Records -.-> Deliver & Sweep');
    expect(drawn).toContain('Records -->|stream| FanOut');
    expect(drawn).toContain('Sweep[sweep<br>every minute]');
    expect(drawn).toContain('pc -.list.-> Reconcile');
  });

  it('is small enough to be read', () => {
    expect(drawn.split('\n').length).toBeLessThan(60);
  });

  it('refuses a queue without a parked one beside it, and a table that it knows no word for', () => {
    const alone = changed((resource) =>
      resource.id === 'Hydration/Opportunities/Queue' ? { ...resource, properties: {} } : resource,
    );
    expect(() => renderDiagram(alone)).toThrow(
      /^Hydration\/Opportunities\/\w+ has no parked queue beside it$/,
    );
    const unknown = changed((resource) =>
      resource.id === 'Control/Table' ? { ...resource, id: 'Ledger/Table' } : resource,
    );
    expect(() => renderDiagram(unknown)).toThrow('Say what table Ledger/Table holds');
  });
});

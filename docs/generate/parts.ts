import { renderCommandCost } from './command-cost.ts';
import { renderCost } from './cost.ts';
import { renderDiagram } from './diagram.ts';
import { renderDictionary, renderPersonalData } from './dictionary.ts';
import { renderExportColumns } from './export-columns.ts';
import { renderGrowth } from './growth.ts';
import { renderKeyPolicy } from './key-policy.ts';
import type { Part } from './part.ts';
import { renderPerformance } from './performance.ts';
import { renderSettings } from './settings.ts';
import { synthesizedTemplate } from './synthesized-template.ts';

const commands = { 'relay:commands': 'opportunity.update' };
const bothDoors = { ...commands, 'relay:signedCommands': 'yes' };

/** All generated parts of the documents. */
export const parts: readonly Part[] = [
  { name: 'diagram', file: 'docs/architecture.md', render: async () => renderDiagram(synthesizedTemplate()) },
  { name: 'settings', file: 'docs/settings.md', render: async () => renderSettings() },
  { name: 'key-policy', file: 'docs/settings.md', render: async () => renderKeyPolicy() },
  {
    name: 'cost',
    file: 'docs/cost.md',
    render: async () =>
      renderCost(synthesizedTemplate(), synthesizedTemplate(commands), synthesizedTemplate(bothDoors)),
  },
  {
    name: 'command-cost',
    file: 'docs/cost.md',
    render: async () => renderCommandCost(synthesizedTemplate(bothDoors)),
  },
  { name: 'growth', file: 'docs/cost.md', render: async () => renderGrowth() },
  { name: 'performance', file: 'docs/performance.md', render: async () => renderPerformance() },
  { name: 'dictionary', file: 'docs/data.md', render: async () => renderDictionary() },
  { name: 'personal-data', file: 'docs/data.md', render: async () => renderPersonalData() },
  { name: 'export-columns', file: 'docs/export.md', render: async () => renderExportColumns() },
];

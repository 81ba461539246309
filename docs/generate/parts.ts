import { writeCost } from './cost.ts';
import { writeDiagram } from './diagram.ts';
import { writeDictionary, writePersonalData } from './dictionary.ts';
import { writeExportView } from './export-view.ts';
import type { Part } from './part.ts';
import { writeSettings } from './settings.ts';
import { synthesizedTemplate } from './synthesized-template.ts';

/** Everything in the documents that no one writes by hand. */
export const parts: readonly Part[] = [
  { name: 'diagram', file: 'README.md', write: async () => writeDiagram(synthesizedTemplate()) },
  { name: 'settings', file: 'README.md', write: async () => writeSettings() },
  { name: 'cost', file: 'docs/cost.md', write: async () => writeCost(synthesizedTemplate()) },
  { name: 'dictionary', file: 'docs/data.md', write: async () => writeDictionary() },
  { name: 'personal-data', file: 'docs/data.md', write: async () => writePersonalData() },
  { name: 'export-view', file: 'docs/queries.md', write: async () => writeExportView() },
];

import { readFileSync, writeFileSync } from 'node:fs';
import { recordsViewFile, renderRecordsView } from './export-view.ts';
import { openApiFiles } from './openapi/openapi-files.ts';
import { replacePart } from './part.ts';
import { parts } from './parts.ts';
import { writeWebhookFiles } from './webhooks/write-files.ts';

// npm run docs [-- NAME ...]: writes all generated parts of the documents, or the named ones. The
// files of docs/webhooks have the name `webhooks`, the view in docs/athena the name `athena`, the
// OpenAPI documents in docs/commands the name `openapi`.
const known = [...parts.map(({ name }) => name), 'webhooks', 'athena', 'openapi'];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: not a generated part; these are: ${known.join(', ')}`);
  process.exit(2);
}
const project = new URL('../../', import.meta.url);
for (const { name, file, render: write } of parts) {
  if (names.length > 0 && !names.includes(name)) continue;
  const path = new URL(file, project);
  const text = readFileSync(path, 'utf8');
  const updated = replacePart(text, name, await write());
  if (updated !== text) writeFileSync(path, updated);
  console.log(`${name} in ${file}: ${updated === text ? 'unchanged' : 'written'}`);
}
if (names.length === 0 || names.includes('webhooks')) {
  const changed = writeWebhookFiles();
  console.log(
    `webhooks in docs/webhooks: ${changed.length === 0 ? 'unchanged' : `${changed.length} written`}`,
  );
}
if (names.length === 0 || names.includes('athena')) {
  writeFileSync(new URL(recordsViewFile, project), renderRecordsView());
  console.log(`athena in ${recordsViewFile}: written`);
}
if (names.length === 0 || names.includes('openapi')) {
  for (const [path, text] of openApiFiles()) writeFileSync(new URL(`docs/commands/${path}`, project), text);
  console.log('openapi in docs/commands: written');
}

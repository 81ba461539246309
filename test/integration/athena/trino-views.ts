import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { type Row, viewFiles } from './duckdb-views.ts';

const program = fileURLToPath(new URL('TrinoQueries.java', import.meta.url));
const answers = v.array(v.union([v.array(v.array(v.nullable(v.string()))), v.object({ error: v.string() })]));

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The lines of all files that Athena reads, each with the path of its file. */
function readLines(exports: string): readonly (readonly [line: string, path: string])[] {
  return readdirSync(exports, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('_'))
    .flatMap(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const bytes = readFileSync(file);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      const path = `s3://exports/${file.slice(exports.length + 1)}`;
      return text.split('\n').flatMap((line) => (line === '' ? [] : [[line, path] as const]));
    });
}

/** The views as subqueries, since this Trino has no place to store views. */
function withViews(exports: string): string {
  const rows = readLines(exports).map(([line, path]) => `(${quoted(line)}, ${quoted(path)})`);
  const views = viewFiles.map(({ text }) =>
    text.replace(/^(?:--.*\n)*CREATE OR REPLACE VIEW (\w+) AS\s/, '$1 AS (').concat(')'),
  );
  return `WITH relay_export (line, "$path") AS (VALUES ${rows.join(', ')}),\n${views.join(',\n')}\n`;
}

/**
 * Runs queries on Trino, the engine of Athena, over the exports in a folder.
 * @param classpath jars of Trino
 * @throws Error with Trino's message for a query that it refuses
 */
export function runOnTrino(
  classpath: string,
  exports: string,
  queries: readonly string[],
): readonly (readonly Row[])[] {
  const input = JSON.stringify(queries.map((query) => withViews(exports) + query));
  const { stdout, stderr } = spawnSync('java', ['-cp', classpath, program], {
    input,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length !== queries.length) throw new Error(stderr);
  return v
    .parse(
      answers,
      lines.map((line): unknown => JSON.parse(line)),
    )
    .map((answer, index) => {
      if ('error' in answer) throw new Error(`${queries[index]}: ${answer.error}`);
      return answer;
    });
}

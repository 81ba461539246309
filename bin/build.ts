import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import * as v from 'valibot';

const project = fileURLToPath(new URL('..', import.meta.url));

/** Describes a bundle, for `bin/pcr.js`, which starts it only if no source has changed. */
const builtSchema = v.object({
  /** The file that runs `pcr`. */
  entry: v.string(),
  files: v.array(v.string()),
  /** Files of the project, with the time of their last change in milliseconds since 1970. */
  sources: v.record(v.string(), v.number()),
});

/** The folder that `bin/pcr.js` looks in. */
const pcrFolder = join(project, 'dist', 'pcr');

/**
 * Bundles `pcr` with its packages, so that it starts fast and on every Node.js. Names of files
 * contain digests, and `built.json` is replaced last, so that a `pcr` that runs meanwhile still
 * finds its files. Those of older builds are removed.
 * @returns each file of the bundle, with the files that it consists of
 */
export async function buildPcr(folder: string = pcrFolder): Promise<Metafile['outputs']> {
  mkdirSync(folder, { recursive: true });
  const before = filesBefore(folder);
  const { inputs, outputs } = await bundle(folder);
  const nameOf = (path: string) => relative(folder, resolve(project, path));
  const [entry = ''] = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === 'bin/pcr.ts');
  const sources = Object.keys(inputs).filter((path) => !path.includes('node_modules/'));
  const built: v.InferOutput<typeof builtSchema> = {
    entry: nameOf(entry),
    files: Object.keys(outputs).map(nameOf),
    sources: Object.fromEntries(sources.map((path) => [path, statSync(join(project, path)).mtimeMs])),
  };
  // A rename leaves no moment at which the file is incomplete.
  writeFileSync(join(folder, `built-${process.pid}`), JSON.stringify(built));
  renameSync(join(folder, `built-${process.pid}`), join(folder, 'built.json'));
  const kept = [...before, ...built.files];
  const others = readdirSync(folder).filter((name) => name.endsWith('.mjs') && !kept.includes(name));
  for (const name of [...others, 'cache']) rmSync(join(folder, name), { recursive: true, force: true });
  return outputs;
}

/** The files of the last build. */
function filesBefore(folder: string): readonly string[] {
  const path = join(folder, 'built.json');
  if (!existsSync(path)) return [];
  return v.parse(builtSchema, JSON.parse(readFileSync(path, 'utf8'))).files;
}

async function bundle(outdir: string) {
  const { metafile } = await build({
    entryPoints: ['bin/pcr.ts'],
    absWorkingDir: project,
    outdir,
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // What is imported later stays in files of its own: `--help` reads nothing of the SDK.
    splitting: true,
    mainFields: ['module', 'main'],
    plugins: [keepPlaces],
    legalComments: 'none',
    metafile: true,
    // Bundled CommonJS packages call `require`, which ES modules do not have.
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return metafile;
}

/** A file that finds others beside itself still finds them from the bundle, two folders deep. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const place = `../../${relative(project, path).split(sep).join('/')}`;
      const contents = text.replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`);
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
};

/** The folder from which the server of `pcr console` serves its page. */
const pageFolder = join(project, 'dist', 'page');

/** Bundles the page of `pcr console`: `index.html`, `page.js` and `page.css`. */
export async function buildPage(folder: string = pageFolder): Promise<void> {
  const page = 'bin/pcr/console/page';
  await build({
    entryPoints: [
      { in: `${page}/index.html`, out: 'index' },
      { in: `${page}/main.tsx`, out: 'page' },
      { in: `${page}/page.css`, out: 'page' },
    ],
    absWorkingDir: project,
    outdir: folder,
    loader: { '.html': 'copy' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (import.meta.main) await Promise.all([buildPcr(), buildPage()]);

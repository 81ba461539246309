import { findImports, type SourceFile } from './source-files.ts';

interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** What it may import; `own` is the folder of the importing file. */
  readonly allowedTargets: (own: string) => readonly RegExp[];
  /** For the reader of a failure. */
  readonly rule: string;
  /** Nothing of what it imports is there at run time. */
  readonly typesOnly?: boolean;
}

const packages = /^package:/;
const nodeModules = /^node:/;
const lib = /^lib\//;
const core = /^lambdas\/core\//;
const ports = /^lambdas\/ports\//;
const adapters = /^lambdas\/adapters\//;
const runtime = /^lambdas\/runtime\//;
/** What a handler is made by: with the handlers, all that knows the log and the metrics of Powertools. */
const lambdaHandlerFile = /^lambdas\/runtime\/observed\.ts$/;
const contracts = /^lambdas\/[^/]+\/contract\.ts$/;
/** Where things are put together: the only files that know adapters. */
const compositionRoot = /^lambdas\/[^/]+\/(?:(?:[a-z-]+-)?handler|composition)\.ts$/;

/** Contracts and use cases: of the folders of functions, all that is not wired. */
const useCases =
  /^lambdas\/(?!core\/|ports\/|adapters\/|runtime\/)[^/]+\/(?!(?:[a-z-]+-)?handler\.ts$|composition\.ts$)[^/]+\.ts$/;

const inFolder = (folder: string) => new RegExp(`^${folder}/`);
const unwired = (folder: string) => new RegExp(`^${folder}/(?!(?:[a-z-]+-)?handler\\.ts$|composition\\.ts$)`);

/** The first whose files hold a path is the layer of that path. */
export const layers: readonly Layer[] = [
  {
    name: 'pcr',
    files: /^bin\/pcr(?:\.ts$|\/)/,
    allowedTargets: () => [
      /^bin\/pcr\//,
      /^package\.json$/,
      core,
      ports,
      adapters,
      useCases,
      packages,
      nodeModules,
    ],
    rule: 'pcr imports pcr, core, ports, adapters, the contracts and use cases of functions, and packages; never handlers',
  },
  {
    name: 'bin',
    files: /^bin\//,
    allowedTargets: () => [lib, packages, nodeModules],
    rule: 'bin imports lib and packages',
  },
  {
    name: 'lib',
    files: lib,
    allowedTargets: () => [lib, contracts, packages, nodeModules],
    rule: 'lib imports lib, the contracts of functions, and packages; never core, ports or adapters',
  },
  {
    name: 'the build',
    files: /^lambdas\/build\.ts$/,
    allowedTargets: () => [contracts, packages, nodeModules],
    rule: 'the build imports the contracts of functions, and packages',
  },
  {
    name: 'core',
    files: core,
    allowedTargets: () => [core, /^node:crypto$/],
    rule: 'core imports core and node:crypto',
  },
  {
    name: 'ports',
    files: ports,
    allowedTargets: () => [core, ports],
    rule: 'ports import types of core',
    typesOnly: true,
  },
  {
    name: 'adapters',
    files: adapters,
    allowedTargets: () => [core, ports, adapters, packages, nodeModules],
    rule: 'adapters import core, ports, adapters and packages',
  },
  {
    name: 'handlers',
    files: compositionRoot,
    allowedTargets: (own) => [core, ports, adapters, runtime, inFolder(own), packages],
    rule: 'handlers import everything in lambdas except other functions',
  },
  {
    name: 'observed',
    files: lambdaHandlerFile,
    allowedTargets: () => [core, ports, runtime, /^lambdas\/adapters\/powertools-/, packages],
    rule: 'runtime/observed imports core, ports, runtime and the Powertools adapters',
  },
  {
    name: 'runtime',
    files: runtime,
    allowedTargets: () => [core, ports, /^lambdas\/runtime\/(?!observed\.ts$)/, packages],
    rule: 'runtime imports core, ports, runtime and packages',
  },
  {
    name: 'contracts',
    files: contracts,
    allowedTargets: () => [core, /^lambdas\/runtime\/(?:env|contract)\.ts$/],
    rule: 'a contract imports core, runtime/env and runtime/contract',
  },
  {
    name: 'use cases',
    files: /^lambdas\/[^/]+\/[^/]+\.ts$/,
    allowedTargets: (own) => [core, ports, unwired(own)],
    rule: 'a use case imports core, ports, and of its own folder what is not wired',
  },
];

export function findLayer(path: string): Layer | undefined {
  return layers.find(({ files }) => files.test(path));
}

/** Every import that no rule allows: who imports what, against which rule. */
export function findForbiddenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const { path } = file;
    const layer = findLayer(path);
    if (!layer) return [`${path} is in no layer: what it may import is written nowhere`];
    const allowed = layer.allowedTargets(path.slice(0, path.lastIndexOf('/')));
    return findImports(file).flatMap(({ target, typeOnly }) => {
      if (!allowed.some((pattern) => pattern.test(target)))
        return [`${path} imports ${target}: ${layer.rule}`];
      return layer.typesOnly && !typeOnly
        ? [`${path} imports ${target} for more than its types: ${layer.rule}`]
        : [];
    });
  });
}

import { findImports, type SourceFile } from './source-files.ts';

interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** What its files may import; `own` is the folder of the importing file. */
  readonly allowedTargets: (own: string) => readonly RegExp[];
  /** The rule in words, for the reader of a failure. */
  readonly rule: string;
  /** Whether it may import types alone. @default false */
  readonly typesOnly?: boolean;
}

/** What `pcr console` serves to a browser. */
const consolePage = /^bin\/pcr\/console\/page\//;
const packages = /^package:/;
const nodeModules = /^node:/;
const lib = /^lib\//;
const core = /^lambdas\/core\//;
const ports = /^lambdas\/ports\//;
const adapters = /^lambdas\/adapters\//;
const runtime = /^lambdas\/runtime\//;
/** Application logic that several functions share. */
const records = /^lambdas\/records\//;
const quota = /^lambdas\/quota\//;
const contracts = /^lambdas\/[^/]+\/contract\.ts$/;
/** Parts of core without business logic, which the stack needs too. */
const shared = /^lambdas\/core\/(?:catalogs|certificates|command|reminder-rule|tables|value-schema)\.ts$/;
/** Facts of a deployment that `pcr` compares or names. They load no CDK. */
const deploymentFacts = /^lib\/(?:concurrency|release|stack-name)\.ts$/;
/** Wraps a handler: the only file of the runtime that knows the Powertools log and metrics. */
const lambdaHandlerFile = /^lambdas\/runtime\/lambda-handler\.ts$/;
/** Bundles the functions. */
const build = /^lambdas\/(?:build|leave-out-of-the-sdk|node-modules-as-objects)\.ts$/;
/** The files that give the adapters to a composition. */
const compositionRoot = /^lambdas\/[^/]+\/(?:(?:[a-z-]+-)?handler|connect)\.ts$/;
/** Composes a function above the ports, so that it also runs on other parts. */
const composition = /^lambdas\/[^/]+\/compose(?:-[a-z]+)?\.ts$/;

/** Files in the folders of functions, other than handlers: contracts and use cases. */
const useCases =
  /^lambdas\/(?!(?:core|ports|adapters|runtime|records|quota)\/)[^/]+\/(?!(?:(?:[a-z-]+-)?handler|compose(?:-[a-z]+)?|connect)\.ts$)[^/]+\.ts$/;

const inFolder = (folder: string) => new RegExp(`^${folder}/`);
const notWired = (folder: string) =>
  new RegExp(`^${folder}/(?!(?:(?:[a-z-]+-)?handler|compose(?:-[a-z]+)?|connect)\\.ts$)`);

/** Both doors of commands answer alike, and accept by the same use case. */
const sharedWith = (own: string) => (own === 'lambdas/door' ? [notWired('lambdas/commands')] : []);

/** A path belongs to the first layer whose files match it. */
export const layers: readonly Layer[] = [
  {
    name: 'the page',
    files: consolePage,
    allowedTargets: () => [
      consolePage,
      /^bin\/pcr\/console\/api\.ts$/,
      /^package:(?:preact(?:\/hooks)?|uplot)$/,
    ],
    rule: 'the page of the console runs in a browser: it imports the page, console/api, preact and uplot',
  },
  {
    name: 'pcr',
    files: /^bin\/pcr(?:\.ts$|\/)/,
    allowedTargets: () => [
      /^bin\/pcr\/(?!console\/page\/)/,
      deploymentFacts,
      /^package\.json$/,
      core,
      ports,
      adapters,
      records,
      quota,
      useCases,
      packages,
      nodeModules,
    ],
    rule: 'pcr imports pcr, lib/concurrency, lib/release, lib/stack-name, core, ports, adapters, records, quota, contracts and use cases, and packages; never handlers',
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
    allowedTargets: () => [lib, contracts, shared, /^package\.json$/, packages, nodeModules],
    rule: 'lib imports lib, contracts, core/catalogs, core/certificates, core/command, core/reminder-rule, core/tables, core/value-schema and packages; never other code of functions',
  },
  {
    name: 'the build',
    files: build,
    allowedTargets: () => [build, contracts, packages, nodeModules],
    rule: 'the build imports its own files, contracts and packages',
  },
  {
    name: 'core',
    files: core,
    // Of node:net, only address arithmetic (BlockList, isIP): core opens no connection.
    allowedTargets: () => [core, /^node:(?:crypto|net)$/, /^package:valibot$/],
    rule: 'core imports core, node:crypto, node:net and valibot',
  },
  {
    name: 'ports',
    files: ports,
    allowedTargets: () => [core, ports],
    rule: 'ports import types of core and ports',
    typesOnly: true,
  },
  {
    name: 'records',
    files: records,
    allowedTargets: () => [core, ports, records],
    rule: 'records import core, ports and records',
  },
  {
    name: 'quota',
    files: quota,
    allowedTargets: () => [core, ports, quota],
    rule: 'quota imports core, ports and quota',
  },
  {
    name: 'adapters',
    files: adapters,
    allowedTargets: () => [core, ports, adapters, packages, nodeModules, /^package\.json$/],
    rule: 'adapters import core, ports, adapters, packages and package.json',
  },
  {
    name: 'lambdaHandler',
    files: lambdaHandlerFile,
    allowedTargets: () => [core, ports, runtime, /^lambdas\/adapters\/powertools-/, packages],
    rule: 'lambdaHandler imports core, ports, runtime and the Powertools adapters',
  },
  {
    name: 'runtime',
    files: runtime,
    allowedTargets: () => [core, ports, /^lambdas\/runtime\/(?!lambda-handler\.ts$)/, packages],
    rule: 'runtime imports core, ports, runtime and packages',
  },
  {
    name: 'handlers',
    files: compositionRoot,
    allowedTargets: (own) => [core, ports, adapters, runtime, records, quota, inFolder(own), packages],
    rule: 'handlers import everything in lambdas except other functions',
  },
  {
    name: 'compositions',
    files: composition,
    allowedTargets: (own) => [
      core,
      ports,
      /^lambdas\/runtime\/(?!lambda-handler\.ts$)/,
      records,
      quota,
      new RegExp(`^${own}/(?!(?:(?:[a-z-]+-)?handler|connect)\\.ts$)`),
      ...sharedWith(own),
      packages,
    ],
    rule: 'a composition imports core, ports, runtime, records, quota and its own folder, door also use cases of commands; never adapters',
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
    allowedTargets: (own) => [
      core,
      ports,
      records,
      quota,
      notWired(own),
      ...sharedWith(own),
      /^package:p-map$/,
    ],
    rule: 'a use case imports core, ports, records, quota, the files of its own folder that are not handlers, and p-map; those of door also use cases of commands',
  },
];

export function findLayer(path: string): Layer | undefined {
  return layers.find(({ files }) => files.test(path));
}

/** @returns `importer imports target: rule` for every import that its layer does not allow */
export function findForbiddenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const { path } = file;
    const layer = findLayer(path);
    if (!layer) return [`${path} is in no layer: add it to test/architecture/arrows.ts`];
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

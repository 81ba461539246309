import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules that most cold starts never use: loaded when one of their functions is first called. */
const loadedWhenCalled = new Set(['node:zlib']);

/**
 * Loads modules of Node.js as objects. An ES import reads every export of a module, even one that
 * loads more code when it is read: `node:http` loads all of undici for its WebSocket, `node:fs`
 * loads the streams of files. As objects they load what a bundle names.
 */
export const nodeModulesAsObjects: Plugin = {
  name: 'node-modules-as-objects',
  setup(builder) {
    builder.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^(?:node:)?/, 'node:');
      if (!builtinModules.includes(name.slice('node:'.length))) return undefined;
      return { path: name, namespace: kind === 'import-statement' ? 'imported-module' : 'whole-module' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'whole-module' }, ({ path }) => ({
      contents: `module.exports = ${moduleObject(path)};`,
    }));
    builder.onLoad({ filter: /.*/, namespace: 'imported-module' }, ({ path }) => ({
      contents: loadedWhenCalled.has(path) ? functionsOf(path) : exportsOf(path),
    }));
  },
};

function moduleObject(path: string): string {
  return `process.getBuiltinModule('${path}')`;
}

/** esbuild removes each export that nothing imports, because it is marked as pure. */
function exportsOf(path: string): string {
  const members = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== 'default');
  const lines = members.map((name) => `export const ${name} = /* @__PURE__ */ (() => loaded.${name})();`);
  const loaded = `const loaded = /* @__PURE__ */ ${moduleObject(path)};`;
  return [loaded, 'export default loaded;', ...lines].join('\n');
}

/** Exports functions alone: esbuild reports an import of anything else, such as a class. */
function functionsOf(path: string): string {
  const functions = Object.entries(process.getBuiltinModule(path) ?? {}).filter(
    ([name, member]) => typeof member === 'function' && !/^[A-Z]/.test(name),
  );
  return functions
    .map(([name]) => `export const ${name} = (...values) => ${moduleObject(path)}.${name}(...values);`)
    .join('\n');
}

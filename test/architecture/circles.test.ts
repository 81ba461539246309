import { describe, expect, it } from 'vitest';
import { findCircles } from './circles.ts';
import { parseSource, readSourceFiles } from './source-files.ts';

const folders = ['bin', 'lib', 'lambdas', 'local', 'bench', 'docs', 'test'];
const files = readSourceFiles(...folders);

/** Files in which `a.ts: ['b.ts']` imports `b.ts`. */
const filesThatImport = (imports: Readonly<Record<string, readonly string[]>>, keyword = 'import') =>
  Object.entries(imports).map(([path, names]) =>
    parseSource(`lib/${path}`, names.map((name) => `${keyword} { x } from './${name}';`).join('\n')),
  );

describe('imports', () => {
  it.each(folders)('are checked in the files of %s', (folder) => {
    expect(files.filter(({ path }) => path.startsWith(`${folder}/`))).not.toEqual([]);
  });

  it('form no circle, not even one of types', () => {
    expect(findCircles(files)).toEqual([]);
  });
});

describe('findCircles', () => {
  it('finds two files that import each other, once', () => {
    const circle = filesThatImport({ 'b.ts': ['a.ts'], 'a.ts': ['b.ts'], 'c.ts': ['a.ts'] });
    expect(findCircles(circle)).toEqual(['lib/a.ts -> lib/b.ts -> lib/a.ts']);
  });

  it('finds a circle of type-only imports', () => {
    const circle = filesThatImport({ 'a.ts': ['b.ts'], 'b.ts': ['a.ts'] }, 'import type');
    expect(findCircles(circle)).toEqual(['lib/a.ts -> lib/b.ts -> lib/a.ts']);
  });

  it('finds a file that imports itself', () => {
    expect(findCircles(filesThatImport({ 'a.ts': ['a.ts'] }))).toEqual(['lib/a.ts -> lib/a.ts']);
  });

  it('finds a longer circle, and a second circle elsewhere', () => {
    const circles = filesThatImport({
      'a.ts': ['b.ts'],
      'b.ts': ['c.ts'],
      'c.ts': ['a.ts'],
      'x.ts': ['y.ts'],
      'y.ts': ['x.ts'],
    });
    expect(findCircles(circles)).toEqual([
      'lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts',
      'lib/x.ts -> lib/y.ts -> lib/x.ts',
    ]);
  });

  it('accepts two paths to the same file', () => {
    const diamond = filesThatImport({
      'a.ts': ['b.ts', 'c.ts'],
      'b.ts': ['d.ts'],
      'c.ts': ['d.ts'],
      'd.ts': [],
    });
    expect(findCircles(diamond)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { findBusyQuestions } from './questions.ts';
import { parseSource, readSourceFiles } from './source-files.ts';

const folders = ['bin', 'lib', 'lambdas', 'local', 'bench', 'docs', 'test'];
const files = readSourceFiles(...folders);

const find = (code: string, path = 'lambdas/core/made-up.ts') => findBusyQuestions(parseSource(path, code));

describe('functions named is…, has… and can…', () => {
  it.each(folders)('are checked in the files of %s', (folder) => {
    expect(files.filter(({ path }) => path.startsWith(`${folder}/`))).not.toEqual([]);
  });

  it('only answer a question: they never write, and in shipped code never wait', () => {
    expect(files.flatMap(findBusyQuestions)).toEqual([]);
  });
});

describe('findBusyQuestions', () => {
  it.each([
    ['async function isAppended(a) { return true; }', 'isAppended: is asynchronous'],
    ['const hasMoved = async () => true;', 'hasMoved: is asynchronous'],
    ['const store = { async isNew() { return true; } };', 'isNew: is asynchronous'],
    ['class Store { async canWrite() { return true; } }', 'canWrite: is asynchronous'],
    ['function isNew(store) { return store.put(1).then(() => true); }', 'isNew: calls put'],
    ['function isFirst(seen, id) { seen.add(id); return true; }', 'isFirst: calls add'],
    ['function isNew(): Promise<boolean> { return ask(); }', 'isNew: returns a promise'],
    ['interface Store { isNew(id: string): Promise<boolean>; }', 'isNew: returns a promise'],
    ['interface Store { readonly isNew: (id: string) => Promise<boolean>; }', 'isNew: returns a promise'],
  ])('reports the function in %j', (code, expected) => {
    expect(find(code)).toEqual([`lambdas/core/made-up.ts:1 ${expected}`]);
  });

  it.each([
    'const isKnown = (id: string): boolean => known.has(id);',
    'const isNew = await store.tryAppend(1);',
    'async function tryAppend() { return true; }',
    'function island() { return store.put(1); }',
    'interface Store { readonly isOpen: boolean; }',
    'class Breaker { get isOpen(): boolean { return this.until > 0; } }',
  ])('accepts the function in %j', (code) => {
    expect(find(code)).toEqual([]);
  });

  it('accepts a test or the local stage that waits for an answer, but not one that writes', () => {
    const path = 'local/made-up.ts';
    expect(find('const isEmpty = async (queue) => (await queue.count()) === 0;', path)).toEqual([]);
    expect(find('const isEmpty = async (queue) => queue.delete();', path)).toEqual([
      'local/made-up.ts:1 isEmpty: calls delete',
    ]);
  });
});

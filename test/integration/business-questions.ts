import { readSections } from '../unit/docs/markdown.ts';

/** A question of `docs/queries.md` with what answers it. */
export interface BusinessQuestion {
  readonly title: string;
  readonly answer: { readonly command: string } | { readonly statement: string };
}

export interface BusinessQuestions {
  /** The commands that export what the statements read. */
  readonly exports: readonly string[];
  readonly questions: readonly BusinessQuestion[];
}

/** @throws Error if a question has no answer, or several */
export function businessQuestions(markdown: string): BusinessQuestions {
  const [section = ''] = readSections(markdown, 2)
    .filter(({ title }) => title === 'Ten business questions')
    .map(({ text }) => text);
  const [introduction = ''] = section.split('\n### ');
  return {
    exports: blocksOf(introduction).flatMap(({ text }) => text.trim().split('\n')),
    questions: readSections(section, 3).map(({ title, text }) => {
      const [block, ...others] = blocksOf(text);
      if (!block || others.length > 0) throw new Error(`${title}: not one command or one statement`);
      const answer = block.language === 'sql' ? { statement: block.text } : { command: block.text.trim() };
      return { title, answer };
    }),
  };
}

function blocksOf(markdown: string): readonly { readonly language: string; readonly text: string }[] {
  const blocks = markdown.matchAll(/^```(bash|sql)\n(.+?)^```$/gms);
  return [...blocks].map(([, language = '', text = '']) => ({ language, text }));
}

import stringWidth from 'string-width';

/** A file, a program or a terminal that text goes to. */
export interface Screen {
  /** Width of the terminal. Undefined for files and programs: they get every text whole. */
  readonly columns: number | undefined;
  /** Colors a text where colors are wanted. No color says what the text does not say. */
  readonly style: (style: Style, text: string) => string;
}

export type Style = 'heading' | 'good' | 'caution' | 'bad';

/** For files and programs. */
export const plainScreen: Screen = { columns: undefined, style: (_, text) => text };

/** Says whether a state is an end in success, a wait, or a failure. */
const styles: Readonly<Record<string, Style>> = {
  ok: 'good',
  delivered: 'good',
  succeeded: 'good',
  finished: 'good',
  enabled: 'good',
  accepted: 'good',
  warning: 'caution',
  pending: 'caution',
  held: 'caution',
  waiting: 'caution',
  'under way': 'caution',
  problem: 'bad',
  exhausted: 'bad',
  failed: 'bad',
  unreadable: 'bad',
  disabled: 'bad',
  expired: 'bad',
};

/** The style of a state by its first words, e.g. of `disabled since …`. Others have none. */
export function stateStyle(state: string): Style | undefined {
  return styles[/^(?:under way|[a-z]+)/.exec(state.toLowerCase())?.[0] ?? ''];
}

/** Columns that a text takes: wide characters and emoji take two, colors none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cuts a text to a width and ends it with `…`. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(cut) + widthOf(segment) > width - 1) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

/**
 * Breaks a text between words, so that ids and `commands` can be copied. One that is longer than
 * the width stays whole.
 */
export function wrap(text: string, width: number | undefined, indent = ''): string {
  if (width === undefined) return text;
  const lines: string[] = [];
  for (const word of text.match(/`[^`]*`\S*|\S+/g) ?? []) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join(`\n${indent}`);
}

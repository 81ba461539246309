/** A piece of a document that a script writes, between two comments that name it. */
export interface Part {
  /** What the comments call it, and what `npm run docs -- NAME` is given. */
  readonly name: string;
  /** From the project's folder, e.g. `README.md`. */
  readonly file: string;
  /** Markdown without the comments. The same, whenever and wherever it is written. */
  readonly write: () => Promise<string>;
}

const begin = (name: string): string => `<!-- begin ${name}: npm run docs writes this -->`;
const end = (name: string): string => `<!-- end ${name} -->`;

/**
 * The text with this part put in, and everything else as it was.
 * @throws Error unless the text holds each of the two comments exactly once, in their order
 */
export function withPart(text: string, name: string, written: string): string {
  const [before = '', rest = '', ...moreBegins] = text.split(begin(name));
  const [, after = '', ...moreEnds] = rest.split(end(name));
  const isWhole = text.includes(begin(name)) && rest.includes(end(name)) && !before.includes(end(name));
  if (!isWhole || moreBegins.length > 0 || moreEnds.length > 0)
    throw new Error(`There must be one ${begin(name)}, and after it one ${end(name)}`);
  return `${before}${begin(name)}\n\n${written.trim()}\n\n${end(name)}${after}`;
}

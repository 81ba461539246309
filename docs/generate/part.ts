/** A piece of a document that a script writes, between two comments that name it. */
export interface Part {
  /** What the comments call it, and what `npm run docs -- NAME` is given. */
  readonly name: string;
  /** From the project's folder, e.g. `docs/cost.md`. */
  readonly file: string;
  /** Markdown without the comments. The same, whenever and wherever it is written. */
  readonly render: () => Promise<string>;
}

const beginComment = (name: string): string => `<!-- begin ${name}: npm run docs writes this -->`;
const endComment = (name: string): string => `<!-- end ${name} -->`;

/**
 * The text with this part put in, and everything else as it was.
 * @throws Error unless the text holds each of the two comments exactly once, in their order
 */
export function replacePart(text: string, name: string, rendered: string): string {
  const [before = '', rest = '', ...moreBegins] = text.split(beginComment(name));
  const [, after = '', ...moreEnds] = rest.split(endComment(name));
  const isWhole =
    text.includes(beginComment(name)) &&
    rest.includes(endComment(name)) &&
    !before.includes(endComment(name));
  if (!isWhole || moreBegins.length > 0 || moreEnds.length > 0)
    throw new Error(`There must be one ${beginComment(name)}, and after it one ${endComment(name)}`);
  return `${before}${beginComment(name)}\n\n${rendered.trim()}\n\n${endComment(name)}${after}`;
}

/** A generated part of a document, between two comments that name it. */
export interface Part {
  /** Name in the comments and in `npm run docs -- NAME`. */
  readonly name: string;
  /** Path from the root of the project, e.g. `docs/cost.md`. */
  readonly file: string;
  /** Renders the Markdown between the comments. The result depends only on the code. */
  readonly render: () => Promise<string>;
}

const beginComment = (name: string): string => `<!-- begin ${name}: npm run docs writes this -->`;
const endComment = (name: string): string => `<!-- end ${name} -->`;

/**
 * Replaces one generated part of a document.
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
    throw new Error(
      `The document needs exactly one ${beginComment(name)} followed by one ${endComment(name)}`,
    );
  return `${before}${beginComment(name)}\n\n${rendered.trim()}\n\n${endComment(name)}${after}`;
}

/** Whether a text consists of these parts in this order, with any characters between them. */
export function matchesParts(parts: readonly string[], text: string): boolean {
  return partsTest(parts)(text);
}

/** Returns the test of `matchesParts`, prepared once for many texts. */
export function partsTest([first = '', ...rest]: readonly string[]): (text: string) => boolean {
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const least = [first, ...rest, last].reduce((sum, { length }) => sum + length, 0);
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    // The middle parts must occur in order. The leftmost match of each leaves the most text for the
    // next.
    let from = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return from <= text.length - last.length;
  };
}

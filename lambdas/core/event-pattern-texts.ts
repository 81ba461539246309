/**
 * Splits a pattern at its asterisks. `\*` and `\\` are literal characters. Returns undefined for
 * what AWS refuses.
 */
export function wildcardParts(pattern: string): readonly string[] | undefined {
  const parts = [''];
  const tokens = pattern.match(/\\[^]?|[^]/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') return undefined;
    if (token === '*' && tokens[index + 1] === '*') return undefined;
    if (token === '*') parts.push('');
    else parts.push(`${parts.pop()}${token.length === 2 ? token.slice(1) : token}`);
  }
  return parts;
}

/** A text in lower and in upper case, each as UTF-16 characters. */
interface Cases {
  readonly lower: readonly string[];
  readonly upper: readonly string[];
  /** The first characters, and the last ones. */
  readonly firstCodes: readonly [Uint16Array, Uint16Array];
  readonly lastCodes: readonly [Uint16Array, Uint16Array];
}

/**
 * Each UTF-16 character is compared by itself, as AWS does. In upper case, a letter may become
 * several. No character begins or ends alike in both cases, so there is never a choice.
 */
function casesOf(text: string): Cases {
  const characters = text.split('');
  const lower = characters.map((each) => each.toLowerCase());
  const upper = characters.map((each) => each.toUpperCase());
  return {
    lower,
    upper,
    firstCodes: [codes(lower, 0), codes(upper, 0)],
    lastCodes: [codes(lower, -1), codes(upper, -1)],
  };
}

function codes(characters: readonly string[], at: number): Uint16Array {
  return Uint16Array.from(characters, (each) => each.slice(at).charCodeAt(0));
}

/** Returns a test whether a text is the given one in any case. */
export function equalsIgnoringCase(text: string): (value: string) => boolean {
  const end = prefixEnd(text);
  return (value) => value.length >= text.length && end(value) === value.length;
}

/** Returns a test whether a text begins with the given one in any case. */
export function startsIgnoringCase(text: string): (value: string) => boolean {
  const end = prefixEnd(text);
  return (value) => end(value) >= 0;
}

/** Returns a function that returns the end of a prefix in any case, or -1. */
function prefixEnd(text: string): (value: string) => number {
  const { lower, upper, firstCodes } = casesOf(text);
  const [lowerCodes, upperCodes] = firstCodes;
  return (value) => {
    let at = 0;
    for (let index = 0; index < lower.length; index += 1) {
      const code = value.charCodeAt(at);
      const isLower = code === lowerCodes[index];
      if (!isLower && code !== upperCodes[index]) return -1;
      const form = (isLower ? lower : upper)[index] ?? '';
      if (form.length > 1 && !value.startsWith(form, at)) return -1;
      at += form.length;
    }
    return at;
  };
}

/** Returns a test whether a text ends with the given one in any case. */
export function endsIgnoringCase(text: string): (value: string) => boolean {
  const { lower, upper, lastCodes } = casesOf(text);
  const [lowerCodes, upperCodes] = lastCodes;
  return (value) => {
    let end = value.length;
    for (let index = lower.length - 1; index >= 0; index -= 1) {
      const code = value.charCodeAt(end - 1);
      const isLower = code === lowerCodes[index];
      if (!isLower && code !== upperCodes[index]) return false;
      const form = (isLower ? lower : upper)[index] ?? '';
      if (form.length > 1 && !value.endsWith(form, end)) return false;
      end -= form.length;
    }
    return true;
  };
}

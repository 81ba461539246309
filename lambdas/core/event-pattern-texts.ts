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

/**
 * A regular expression for a text in any case. Each UTF-16 character is compared by itself, as AWS
 * does: in upper case, a letter may become two.
 */
export function ignoringCase(text: string): string {
  return text
    .split('')
    .map((character) => {
      const forms = [...new Set([character.toLowerCase(), character.toUpperCase()])].map(escaped);
      return forms.length === 1 ? forms[0] : `(?:${forms.join('|')})`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

export function regExpTest(source: string): (value: string) => boolean {
  const expression = new RegExp(source);
  return (value) => expression.test(value);
}

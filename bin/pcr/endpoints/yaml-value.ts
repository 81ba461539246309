import { parseDocument, visit } from 'yaml';
import { ExactNumber, parseNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json } from '../../../lambdas/core/json.ts';

/**
 * Parses YAML or JSON and returns a problem instead of throwing. A problem never contains the text
 * itself, which may hold credentials.
 */
export function yamlValue(text: string): { readonly value: Json } | { readonly problem: string } {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken?.code === 'BAD_ALIAS') return { problem: aliasProblem };
  if (broken)
    return { problem: `not valid YAML: ${withoutSource(broken.message)}${placeOf(broken.linePos)}` };
  let hasAlias = false;
  visit(document, {
    Alias() {
      hasAlias = true;
      return visit.BREAK;
    },
    Scalar(_, node) {
      if (typeof node.value !== 'number' || !decimal.test(node.source ?? '')) return;
      const number = parseNumber(node.source ?? '');
      // The parser has rounded it.
      if (number instanceof ExactNumber) node.value = number;
    },
  });
  if (hasAlias) return { problem: aliasProblem };
  const value: Json = document.toJS();
  return { value };
}

const decimal = /^[-+]?\d*\.?\d+(?:e[-+]?\d+)?$/i;

/**
 * Patterns such as `*.stage_changed` look like aliases. Aliases are refused: they could expand
 * without limit.
 */
const aliasProblem =
  "a text that begins with * is an alias in YAML; allowed: such a text in quotes, e.g. topics: ['*.stage_changed']";

/** Parser messages quote the source line, or a token of it after a colon. */
function withoutSource(message: string): string {
  const [what = ''] = message.split(' at line ');
  return what.replace(/(?<! or): .*$/s, '');
}

function placeOf(linePos: readonly { readonly line: number; readonly col: number }[] | undefined): string {
  const [at] = linePos ?? [];
  return at ? ` at line ${at.line}, column ${at.col}` : '';
}

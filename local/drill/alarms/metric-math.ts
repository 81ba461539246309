/** Values by period, oldest first. Undefined: the period has no data point. */
export type Series = readonly (number | undefined)[];

/** A scalar, a time series, or a list of time series. */
type Operand = number | Series | readonly Series[];

/** An expression of CloudWatch's metric math. */
export interface MetricMath {
  readonly text: string;
  /**
   * Calculates the expression for every period.
   * @param seriesOf returns the series with this id
   * @throws Error if the result is not one time series
   */
  readonly evaluate: (seriesOf: (id: string) => Series) => Series;
}

type Node = (seriesOf: (id: string) => Series) => Operand;

/**
 * Parses the part of metric math that the alarms use: numbers, ids, `+ - * /`, lists, and the
 * functions below. Like CloudWatch, an operation on a missing data point has no result.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Error naming what it does not support
 */
export function parseMetricMath(text: string): MetricMath {
  const parser = new Parser(text);
  const node = parser.parse();
  return {
    text,
    evaluate: (seriesOf) => {
      const result = node(seriesOf);
      if (isSeries(result)) return result;
      throw new Error(
        `${text} is ${typeof result === 'number' ? 'a number' : 'a list'}, not one time series`,
      );
    },
  };
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** Binds loosest first. */
const precedence = [
  ['+', '-'],
  ['*', '/'],
] as const;

const functions: Readonly<Record<string, (args: readonly Operand[]) => Operand>> = {
  SUM: (args) => combine(args, (values) => values.reduce((total, value) => total + value, 0)),
  MAX: (args) => combine(args, (values) => Math.max(...values)),
  FILL: ([series, value]) => {
    if (!isSeries(series) || typeof value !== 'number')
      throw new Error('FILL takes a time series and a number');
    return series.map((each) => each ?? value);
  },
};

class Parser {
  readonly #text: string;
  readonly #tokens: string[];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/[A-Za-z]\w*|\d+(?:\.\d+)?|\S/g) ?? [];
  }

  parse(): Node {
    const node = this.#operation(0);
    if (this.#tokens.length > 0) throw this.#unexpected();
    return node;
  }

  #operation(level: number): Node {
    const accepted: readonly string[] | undefined = precedence[level];
    if (accepted === undefined) return this.#primary();
    let left = this.#operation(level + 1);
    for (;;) {
      const [next = ''] = this.#tokens;
      const apply = accepted.includes(next) ? operators[next] : undefined;
      if (apply === undefined) return left;
      this.#tokens.shift();
      const [a, b] = [left, this.#operation(level + 1)];
      left = (seriesOf) => applyTo(a(seriesOf), b(seriesOf), apply);
    }
  }

  #primary(): Node {
    const token = this.#tokens.shift();
    if (token === undefined) throw this.#unexpected();
    if (/^\d/.test(token)) return () => Number(token);
    if (token === '(') return this.#closing(this.#operation(0), ')');
    if (token === '[') {
      const items = this.#list(']');
      return (seriesOf) => items.map((item) => asSeries(item(seriesOf)));
    }
    if (!/^[A-Za-z]/.test(token)) throw this.#unexpected(token);
    if (this.#tokens[0] !== '(') return (seriesOf) => seriesOf(token);
    const call = functions[token];
    if (call === undefined)
      throw new Error(
        `${this.#text}: the function ${token} is not supported. Supported: ${Object.keys(functions).join(', ')}`,
      );
    this.#tokens.shift();
    const args = this.#list(')');
    return (seriesOf) => call(args.map((arg) => arg(seriesOf)));
  }

  #list(end: string): readonly Node[] {
    const nodes = [this.#operation(0)];
    while (this.#tokens[0] === ',') {
      this.#tokens.shift();
      nodes.push(this.#operation(0));
    }
    this.#expect(end);
    return nodes;
  }

  #closing(node: Node, end: string): Node {
    this.#expect(end);
    return node;
  }

  #expect(end: string): void {
    const token = this.#tokens.shift();
    if (token !== end) throw this.#unexpected(token);
  }

  #unexpected(token = this.#tokens[0]): Error {
    return new Error(`${this.#text}: ${token ?? 'the end'} is not expected here`);
  }
}

function isSeries(operand: Operand | undefined): operand is Series {
  return Array.isArray(operand) && !operand.some(Array.isArray);
}

function asSeries(operand: Operand): Series {
  if (isSeries(operand)) return operand;
  throw new Error('a list holds time series only');
}

function valueAt(operand: Operand | undefined, index: number): number | undefined {
  if (typeof operand === 'number') return operand;
  return isSeries(operand) ? operand[index] : undefined;
}

function applyTo(a: Operand, b: Operand, apply: (a: number, b: number) => number): Operand {
  if (typeof a === 'number' && typeof b === 'number') return apply(a, b);
  const length = isSeries(a) ? a.length : isSeries(b) ? b.length : 0;
  return Array.from({ length }, (_, index) => {
    const [left, right] = [valueAt(a, index), valueAt(b, index)];
    return left === undefined || right === undefined ? undefined : apply(left, right);
  });
}

/** Combines the time series of a list into one. */
function combine(args: readonly Operand[], calculate: (values: readonly number[]) => number): Series {
  const [list] = args;
  const series = isSeries(list) ? [list] : Array.isArray(list) ? list.filter(isSeries) : [];
  const [first] = series;
  if (first === undefined) throw new Error('SUM and MAX take a list of time series');
  return first.map((_, index) => {
    const values = series.flatMap((each) => each[index] ?? []);
    return values.length < series.length ? undefined : calculate(values);
  });
}

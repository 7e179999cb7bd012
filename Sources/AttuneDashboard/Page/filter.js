// Filter expressions over trials: `value < 0.3 && lr > 0.01 && state == "completed"`. Parsed into closures; never evaluated as script.
//
//   or      = and (("||" | "or") and)*          comparison = operand (("==" | "!=" | "<" | "<=" | ">" | ">=" | "~") operand)?
//   and     = not (("&&" | "and") not)*         operand    = number | text | true | false | null | name | "(" or ")"
//   not     = ("!" | "not") not | comparison    text       = "…" or '…'; a name that is no word stands in backticks
//   "~" is "contains", without regard to case.

const LENGTH_LIMIT = 2000, DEPTH_LIMIT = 100;
const NUMBER = /(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/, TEXT = /("[^"]*"|'[^']*')/, QUOTED = /(`[^`]*`)/;
const WORD = /([\p{L}_][\p{L}\p{N}_.]*)/u, OPERATOR = /(&&|\|\||==|!=|<=|>=|[<>=!~()])/;
const TOKEN = new RegExp(`\\s*(?:${[NUMBER, TEXT, QUOTED, WORD, OPERATOR].map(part => part.source).join("|")})`, "uy");
const WORDS = { and: "&&", or: "||", not: "!" };
const CONSTANTS = { true: true, false: false, null: null };

export class FilterError extends Error {}

/// - text: the expression; an empty one lets everything pass.
/// - known: the names that may be used.
/// Answers `{names, test}`: `test(get)` is true where the row passes; `get(name)` gives the row's value or null.
export function parseFilter(text, known) {
  if (text.trim() === "") return { names: [], test: () => true };
  if (text.length > LENGTH_LIMIT) throw new FilterError(`at most ${LENGTH_LIMIT} characters`);
  const parser = new Parser(tokenize(text), new Set(known));
  const test = parser.parseOr();
  if (parser.peek()) throw new FilterError(`'${parser.peek().text}' is not expected at character ${parser.peek().at + 1}`);
  return { names: [...parser.names], test: get => test(get) === true };
}

function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex, found = TOKEN.exec(text);
    if (!found) throw new FilterError(`'${text.slice(at).trim()[0]}' is not understood at character ${at + 1}`);
    tokens.push({ ...kindOf(found), at: at + found[0].search(/\S/) });
  }
  return tokens;
}

function kindOf([, number, string, quoted, word, operator]) {
  if (number !== undefined) return { kind: "constant", text: number, value: Number(number) };
  if (string !== undefined) return { kind: "constant", text: string, value: string.slice(1, -1) };
  if (quoted !== undefined) return { kind: "name", text: quoted.slice(1, -1) };
  if (operator !== undefined) return { kind: "operator", text: operator === "=" ? "==" : operator };
  if (Object.hasOwn(WORDS, word)) return { kind: "operator", text: WORDS[word] };
  if (Object.hasOwn(CONSTANTS, word)) return { kind: "constant", text: word, value: CONSTANTS[word] };
  return { kind: "name", text: word };
}

class Parser {
  constructor(tokens, known) {
    Object.assign(this, { tokens, known, at: 0, depth: 0, names: new Set() });
  }

  peek() {
    return this.tokens[this.at];
  }

  accept(...operators) {
    const token = this.peek();
    if (token?.kind !== "operator" || !operators.includes(token.text)) return null;
    this.at += 1;
    return token.text;
  }

  parseOr() {
    let left = this.parseAnd();
    while (this.accept("||")) {
      const first = left, second = this.parseAnd();
      left = get => first(get) === true || second(get) === true;
    }
    return left;
  }

  parseAnd() {
    let left = this.parseNot();
    while (this.accept("&&")) {
      const first = left, second = this.parseNot();
      left = get => first(get) === true && second(get) === true;
    }
    return left;
  }

  parseNot() {
    return this.nested(() => {
      if (!this.accept("!")) return this.parseComparison();
      const inner = this.parseNot();
      return get => inner(get) !== true;
    });
  }

  parseComparison() {
    const left = this.parseOperand();
    const operator = this.accept("==", "!=", "<", "<=", ">", ">=", "~");
    if (!operator) return left;
    const right = this.parseOperand(), compare = COMPARISONS[operator];
    return get => compare(left(get), right(get));
  }

  parseOperand() {
    if (this.accept("(")) {
      const inner = this.nested(() => this.parseOr());
      if (!this.accept(")")) throw new FilterError("a ')' is missing");
      return inner;
    }
    const token = this.peek();
    if (!token) throw new FilterError("the expression ends too early");
    this.at += 1;
    if (token.kind === "constant") return () => token.value;
    if (token.kind === "name") return this.reference(token.text);
    throw new FilterError(`'${token.text}' is not expected at character ${token.at + 1}`);
  }

  reference(name) {
    if (!this.known.has(name)) throw new FilterError(`there is no column '${name}'; there are: ${[...this.known].join(", ")}`);
    this.names.add(name);
    return get => get(name);
  }

  nested(parse) {
    if (++this.depth > DEPTH_LIMIT) throw new FilterError("nested too deeply");
    const answer = parse();
    this.depth -= 1;
    return answer;
  }
}

/// Order is only defined between two numbers or two texts: everything else, null included, does not pass.
const ordered = compare => (left, right) => left !== null && typeof left === typeof right && compare(left, right);
const COMPARISONS = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": ordered((left, right) => left < right),
  "<=": ordered((left, right) => left <= right),
  ">": ordered((left, right) => left > right),
  ">=": ordered((left, right) => left >= right),
  "~": (left, right) => left !== null && String(left).toLowerCase().includes(String(right).toLowerCase()),
};

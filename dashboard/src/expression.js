// The language of the filter: pure, and never evaluated as code.
//
//   engine == openblas and (threads > 1 or latency < 5us)
//   model in (cnn-m, cnn-l)   not compiler ~ "clang"   cnn native
//
//   or, and, not, ( )          terms that follow each other are joined by `and`
//   FIELD == != < <= > >=      `=` is `==`; numbers may have a unit: 5us, 64MiB, 98%
//   FIELD ~ TEXT               contains, upper and lower case alike
//   FIELD in (A, B)            is one of; `not in`: is none of
//   WORD or "TEXT"             some text of the run contains it
//
// It is the language of `--where`, and `~` and words besides. What a run lacks makes a comparison unknown; `not`, `and`
// and `or` follow Kleene, and in the end unknown does not pass.

import { fits, parseQuantity } from "./units.js";

const LONGEST = 10000;
const DEEPEST = 64;
const OPERATORS = new Set(["==", "=", "!=", "<", "<=", ">", ">=", "~"]);
const KEYWORDS = new Set(["and", "or", "not", "in"]);

// at: index of the character in the text.
export class ExpressionError extends Error {
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

// fields: Map from name to {get(row), unit, numeric}; get answers a number, a text or null. text(row): what bare words
// are looked for in, in lower case. Returns a function row -> boolean. Throws ExpressionError.
export function compile(source, fields, text) {
  const parts = clauses(source, fields, text);
  return (row) => parts.every(({ passes }) => passes(row));
}

// The same as the parts that are joined by `and`: [{passes: row -> boolean, names: Set of the fields it asks for}].
export function clauses(source, fields, text) {
  if (source.length > LONGEST) throw new ExpressionError(`longer than ${LONGEST} characters`, LONGEST);
  const tokens = tokenize(source);
  if (tokens.length === 1) return [];
  return new Parser(tokens, fields, text)
    .parse()
    .map(({ test, names }) => ({ passes: (row) => test(row) === true, names }));
}

function tokenize(source) {
  const tokens = [];
  let at = 0;
  while (at < source.length) {
    const start = at;
    const c = source[at];
    if (/\s/.test(c)) {
      ++at;
    } else if (c === "(" || c === ")" || c === ",") {
      tokens.push({ kind: c, text: c, at: at++ });
    } else if (c === '"' || c === "'") {
      const end = source.indexOf(c, at + 1);
      if (end < 0) throw new ExpressionError(`no closing ${c}`, at);
      tokens.push({ kind: "text", text: source.slice(at + 1, end), at });
      at = end + 1;
    } else if ("=!<>~".includes(c)) {
      const two = source.slice(at, at + 2);
      const operator = OPERATORS.has(two) ? two : c;
      if (!OPERATORS.has(operator)) throw new ExpressionError(`\`${c}\` is no operator; did you mean \`!=\`?`, at);
      tokens.push({ kind: "operator", text: operator, at });
      at += operator.length;
    } else {
      while (at < source.length && !/[\s()=!<>~,"']/.test(source[at])) ++at;
      const word = source.slice(start, at);
      const keyword = word.toLowerCase();
      tokens.push({ kind: KEYWORDS.has(keyword) ? keyword : "word", text: word, at: start });
    }
  }
  tokens.push({ kind: "end", text: "", at: source.length });
  return tokens;
}

class Parser {
  constructor(tokens, fields, text) {
    this.tokens = tokens;
    this.next = 0;
    this.depth = 0;
    this.fields = fields;
    this.text = text;
    this.names = new Set(); // of the fields since a clause began
  }

  parse() {
    let clauses = [];
    do {
      this.names = new Set();
      clauses.push({ test: this.negation(), names: this.names });
    } while (this.joins());
    if (this.peek().kind === "or") {
      this.next = 0;
      this.names = new Set();
      clauses = [{ test: this.any(), names: this.names }];
    }
    const left = this.peek();
    if (left.kind === ")") throw new ExpressionError("a `)` without its `(`", left.at);
    if (left.kind !== "end") throw new ExpressionError(`did not expect \`${left.text}\` here`, left.at);
    return clauses;
  }

  peek() {
    return this.tokens[this.next];
  }
  take() {
    return this.tokens[this.next++];
  }
  accept(kind) {
    return this.peek().kind === kind ? this.take() : null;
  }

  any() {
    const tests = [this.all()];
    while (this.accept("or")) tests.push(this.all());
    return tests.length === 1 ? tests[0] : settle(tests, true);
  }

  all() {
    const tests = [this.negation()];
    while (this.joins()) tests.push(this.negation());
    return tests.length === 1 ? tests[0] : settle(tests, false);
  }

  // Whether another term follows that must hold, too.
  joins() {
    return this.accept("and") !== null || ["word", "text", "(", "not"].includes(this.peek().kind);
  }

  negation() {
    let negated = false;
    while (this.accept("not")) negated = !negated;
    const test = this.term();
    if (!negated) return test;
    return (row) => {
      const passes = test(row);
      return passes === null ? null : !passes;
    };
  }

  term() {
    const token = this.take();
    if (token.kind === "(") {
      if (++this.depth > DEEPEST)
        throw new ExpressionError(`more than ${DEEPEST} parentheses within each other`, token.at);
      const test = this.any();
      if (!this.accept(")")) throw new ExpressionError("a `(` without its `)`", token.at);
      --this.depth;
      return test;
    }
    if (token.kind !== "word" && token.kind !== "text")
      throw new ExpressionError(
        token.kind === "end"
          ? "something is missing at the end"
          : `expected a field or a word, got \`${token.text}\``,
        token.at,
      );
    if (this.peek().kind === "operator") return this.comparison(this.field(token), this.take());
    const negated = this.peek().kind === "not" && this.tokens[this.next + 1].kind === "in";
    if (negated) this.take();
    if (this.accept("in")) return this.membership(this.field(token), negated);
    const wanted = token.text.toLowerCase();
    return (row) => this.text(row).includes(wanted);
  }

  field(token) {
    const field = this.fields.get(token.text);
    if (field) {
      this.names.add(token.text);
      return field;
    }
    const near = nearest(token.text, [...this.fields.keys()]);
    throw new ExpressionError(
      `there is no field \`${token.text}\`` + (near ? `; did you mean \`${near}\`?` : ""),
      token.at,
    );
  }

  value(field) {
    const token = this.take();
    if (token.kind === "text") return { text: token.text, number: null };
    if (token.kind !== "word" && !KEYWORDS.has(token.kind))
      throw new ExpressionError(
        token.kind === "end" ? "a value is missing at the end" : `expected a value, got \`${token.text}\``,
        token.at,
      );
    const quantity = parseQuantity(token.text);
    if (field.numeric && !quantity) throw new ExpressionError(`expected a number, got \`${token.text}\``, token.at);
    if (field.numeric && !fits(quantity.kind, field.unit))
      throw new ExpressionError(
        `\`${token.text}\` does not fit a value in ${field.unit || "plain numbers"}`,
        token.at,
      );
    return { text: token.text, number: quantity ? quantity.value : null };
  }

  comparison(field, operator) {
    const wanted = this.value(field);
    if (operator.text === "~") {
      const part = wanted.text.toLowerCase();
      return (row) => {
        const value = field.get(row);
        return value === null ? null : String(value).toLowerCase().includes(part);
      };
    }
    const matches = CONDITIONS[operator.text];
    return (row) => {
      const value = field.get(row);
      if (value === null) return null;
      const found = order(value, wanted);
      return Number.isNaN(found) ? null : matches(found);
    };
  }

  membership(field, negated) {
    const open = this.peek();
    if (!this.accept("(")) throw new ExpressionError("expected `(` after `in`", open.at);
    const wanted = [this.value(field)];
    while (this.accept(",")) wanted.push(this.value(field));
    if (!this.accept(")")) throw new ExpressionError("a `(` without its `)`", open.at);
    return (row) => {
      const value = field.get(row);
      return value === null ? null : wanted.some((one) => order(value, one) === 0) !== negated;
    };
  }
}

// Kleene's `or` (decisive: true) and `and` (decisive: false): one decisive test decides, else one unknown leaves it unknown.
const settle = (tests, decisive) => (row) => {
  let unknown = false;
  for (const test of tests) {
    const passes = test(row);
    if (passes === decisive) return decisive;
    unknown ||= passes === null;
  }
  return unknown ? null : !decisive;
};

const CONDITIONS = {
  "==": (order) => order === 0,
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

// Numbers by size, everything else as text; NaN when they cannot be compared.
function order(value, wanted) {
  if (typeof value === "number") return wanted.number === null ? NaN : value - wanted.number;
  const text = String(value);
  return text === wanted.text ? 0 : text < wanted.text ? -1 : 1;
}

// The candidate with the fewest edits (a third of the length at most), or null.
export function nearest(name, candidates) {
  let best = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

#include "core/base/expression.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

using namespace reef;

namespace {

const std::map<std::string, Expression::Value> kPoint = {
    {"engine", "native"}, {"model", "cnn-m"},  {"threads", 2.0},
    {"batch", 2.0},       {"accuracy", 0.984}, {"latency.p90", 4e-3},
    {"fast", "true"},     {"size", 54824.0},   {"level", std::string("10")}};

std::optional<Expression::Value> look(std::string_view name) {
  const auto found = kPoint.find(std::string(name));
  if (found == kPoint.end()) return std::nullopt;
  return found->second;
}

bool matches(std::string_view text) {
  const auto expression = Expression::parse("--where", text);
  INFO(text);
  REQUIRE(expression);
  return expression->matches(&look);
}

std::string error_of(std::string_view text, const std::vector<std::string>& names = {}) {
  const auto expression = Expression::parse("--where", text, names);
  REQUIRE(!expression);
  return render(expression.error());
}

}  // namespace

TEST_CASE("an expression compares names with values") {
  CHECK(matches("engine == native"));
  CHECK(matches("engine = native"));
  CHECK(!matches("engine != native"));
  CHECK(matches("engine != native or threads == 2"));
  CHECK(matches("threads >= 2 and threads <= 2 and not threads > 2"));
  CHECK(matches("model in (cnn-s, cnn-m)"));
  CHECK(matches("model not in (cnn-s, mlp-64)"));
  CHECK(matches("not (engine == openblas and threads == 2)"));
  CHECK(matches("model == 'cnn-m' and model == \"cnn-m\""));
  CHECK(matches("fast and threads"));
  CHECK(!matches("not fast"));
}

TEST_CASE("`and` binds closer than `or`") {
  CHECK(matches("engine == native or engine == native and threads == 9"));
  CHECK(!matches("(engine == native or engine == native) and threads == 9"));
}

TEST_CASE("numbers have units, and texts that are numbers are compared as such") {
  CHECK(matches("latency.p90 < 5ms"));
  CHECK(!matches("latency.p90 < 3999us"));
  CHECK(matches("size <= 54.824kB and size < 60KiB"));
  CHECK(matches("accuracy >= 98%"));
  CHECK(matches("level > 9"));
  CHECK(matches("level == 10.0"));
}

TEST_CASE("what is not known matches nothing, and its opposite neither") {
  CHECK(!matches("loss < 1"));
  CHECK(!matches("not loss < 1"));
  CHECK(!matches("loss != 1"));
  CHECK(matches("loss < 1 or threads == 2"));
  CHECK(!matches("engine < 5"));
  CHECK(!matches("not engine < 5"));
}

TEST_CASE("a name on the right means its value when such names are known") {
  const std::vector<std::string> names = {"threads", "batch", "engine"};
  CHECK(Expression::parse("--where", "threads == batch", names)->matches(&look));
  CHECK(!Expression::parse("--where", "threads == batch")->matches(&look));
  CHECK(Expression::parse("--where", "threads < batch", names)->names() ==
        std::set<std::string>{"batch", "threads"});
}

TEST_CASE("an unknown name is an error with its neighbour") {
  CHECK(error_of("engin == native", {"engine", "threads"}) ==
        "--where:1:1: error: there is no `engin` to compare\n"
        "  1 | engin == native\n"
        "    | ^\n"
        "hint: did you mean `engine`?\n");
  CHECK(Expression::parse("--where", "zzz", {"engine"}).error().code() == ErrorCode::not_found);
}

TEST_CASE("what does not follow the grammar is an error at its place") {
  CHECK(error_of("engine ==") ==
        "--where:1:10: error: expected a value, got the end\n"
        "  1 | engine ==\n"
        "    |          ^\n");
  CHECK(error_of("(engine == native") ==
        "--where:1:18: error: expected `)`, got the end\n"
        "  1 | (engine == native\n"
        "    |                  ^\n");
  CHECK(error_of("engine == 'x").find("the text that begins with `'` never ends") != std::string::npos);
  CHECK(error_of("engine native").find("expected `and`, `or` or the end, got `native`") != std::string::npos);
  CHECK(error_of("").find("the expression is empty") != std::string::npos);
  CHECK(error_of("  ").find("the expression is empty") != std::string::npos);
  CHECK(error_of("== 3").find("expected a name, got `==`") != std::string::npos);
  CHECK(error_of("a and").find("expected a name, got the end") != std::string::npos);
  CHECK(error_of("a; b").find("`;` means nothing here") != std::string::npos);
  CHECK(error_of("model in cnn").find("expected `(`, got `cnn`") != std::string::npos);
  CHECK(error_of("model in (a b)").find("expected `,` or `)`, got `b`") != std::string::npos);
  CHECK(error_of("model not cnn").find("expected `in`, got `cnn`") != std::string::npos);
}

TEST_CASE("a right side that nothing could be less or more than is an error, not an empty answer") {
  CHECK(error_of("latency < 5parsec") ==
        "--where:1:11: error: there is no unit `parsec`\n"
        "  1 | latency < 5parsec\n"
        "    |           ^\n"
        "hint: units are `ns`, `us`, `ms`, `s`, `min`, `h`, `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB` and "
        "`%`\n");
  CHECK(error_of("accuracy >= high").find("`>=` needs a number, got `high`") != std::string::npos);
  CHECK(error_of("accuracy >= high").find("hint: a text to be ordered by its letters is quoted: 'high'") !=
        std::string::npos);
  // Dates and versions are ordered as texts, words are compared for equality, names on both sides.
  for (const char* text :
       {"started > 2026-11-28", "version >= 1.10.0", "model == 7b", "model < 'm'", "engine != native"})
    CHECK(Expression::parse("--where", text));
  CHECK(Expression::parse("--where", "threads < batch", {"threads", "batch"}));
}

TEST_CASE("ten thousand parentheses are an error, and so is a text that is too long") {
  CHECK(error_of(std::string(10'000, '(')).find("nested deeper than 64 levels") != std::string::npos);
  CHECK(error_of(std::string(5'000, '(') + "a" + std::string(4'999, ')')).find("nested deeper") !=
        std::string::npos);
  CHECK(error_of(std::string(10'001, '(')).find("10001 characters, 10000 are the most") != std::string::npos);
  std::string nots;
  for (int i = 0; i < 2000; ++i) nots += "not ";
  CHECK(error_of(nots + "a").find("nested deeper") != std::string::npos);
  CHECK(matches(std::string(60, '(') + "threads == 2" + std::string(60, ')')));
}

TEST_CASE("an expression falls into the clauses that `and` joins") {
  const auto expression =
      Expression::parse("--subject-to", "accuracy >= 0.98 and (a == 1 or b == 2) and not c").value();
  std::vector<std::string> texts;
  for (const Expression& clause : expression.clauses()) texts.push_back(clause.text());
  CHECK(texts == std::vector<std::string>{"accuracy >= 0.98", "a == 1 or b == 2", "not c"});
  CHECK(Expression::parse("x", "a or b")->clauses().size() == 1);
}

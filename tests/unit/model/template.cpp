#include "core/model/template.h"

#include <catch2/catch.hpp>
#include <map>

namespace reef {
namespace {

using Texts = std::vector<std::string>;
using Kind = TemplateName::Kind;

// Answers from a table; names that begin with `with.` hold templates themselves.
TemplateLookup table(std::map<std::string, Texts> values) {
  return [values = std::move(values)](const TemplateName& name) -> Result<TemplateValue> {
    const auto found = values.find(name.text);
    if (found == values.end()) return make_error(ErrorCode::not_found, "nothing is known of `{}`", name.text);
    TemplateValue value(found->second);
    value.holds_templates = name.kind == Kind::option_value;
    return value;
  };
}

}  // namespace

TEST_CASE("every form of a name is told apart") {
  const auto parsed = [](std::string_view text) { return TemplateName::parse(text).value(); };
  CHECK(parsed("prefix").kind == Kind::builtin);
  CHECK(parsed("parameters.n").kind == Kind::parameter);
  CHECK(parsed("parameters.n").item == "n");
  CHECK(parsed("with.engine").kind == Kind::option);
  CHECK(parsed("with.engine").scope == "engine");
  CHECK(parsed("with.engine.flags").kind == Kind::option_value);
  CHECK(parsed("with.engine.flags").item == "flags");
  CHECK(parsed("platform.os").kind == Kind::platform);
  CHECK(parsed("gcc.prefix").kind == Kind::role_fact);
  CHECK(parsed("gcc.env.CXX").kind == Kind::role_env);
  CHECK(parsed("gcc.env.CXX").item == "CXX");
  CHECK(parsed("gcc.flags").kind == Kind::role_value);
  CHECK(parsed("gcc.flags").scope == "gcc");
  for (const char* wrong : {"", ".", "a", "a.", ".a", "a b.c", "a.b.c", "a.env", "prefix.x", "platform.x",
                            "with.a.b.c", "parameters.a.b", "${a}", "a\n.b"}) {
    INFO(wrong);
    CHECK_FALSE(TemplateName::parse(wrong));
  }
}

TEST_CASE("a template is cut into pieces that know where they stand") {
  const Template parsed = Template::parse("a${prefix}$${b}$$ ${with.x}").value();
  REQUIRE(parsed.pieces().size() == 4);
  CHECK(parsed.pieces()[0].text == "a");
  CHECK(parsed.pieces()[1].offset == 1);
  CHECK(parsed.pieces()[1].name->text == "prefix");
  CHECK(parsed.pieces()[2].text == "${b}$$ ");
  CHECK(parsed.pieces()[2].offset == 10);
  CHECK(parsed.pieces()[3].offset == 18);
  CHECK(parsed.has_names());
  CHECK_FALSE(parsed.is_one_name());
  CHECK(Template::parse("${prefix}").value().is_one_name());
  CHECK(Template::parse("").value().pieces().empty());
  CHECK_FALSE(Template::parse("cost: $5").value().has_names());
}

TEST_CASE("every problem of a template is found, at its offset") {
  std::vector<Template::Problem> problems;
  Template::parse("${prefx} ${a b} ${", problems);
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].offset == 0);
  CHECK(problems[0].error.hints().front() == "did you mean `prefix`?");
  CHECK(problems[1].offset == 9);
  CHECK(problems[2].offset == 16);
}

TEST_CASE("names are replaced and everything else stays, byte for byte") {
  const auto lookup = table({{"prefix", {"/p q"}}, {"parameters.x", {"$(rm) `x` \"' ${prefix} \n"}}});
  CHECK(expand_text("${prefix}/bin", lookup).value() == "/p q/bin");
  CHECK(expand_text("$${prefix} $HOME $", lookup).value() == "${prefix} $HOME $");
  CHECK(expand_text("<${parameters.x}>", lookup).value() == "<$(rm) `x` \"' ${prefix} \n>");
}

TEST_CASE("an argument that is one name becomes as many arguments as its value has") {
  const auto lookup = table({{"with.a.flags", {"-O3", "-g x"}}, {"with.a.none", {}}, {"prefix", {""}}});
  CHECK(expand_arguments({"cc", "${with.a.flags}", "${with.a.none}", "${prefix}", "x"}, lookup).value() ==
        Texts{"cc", "-O3", "-g x", "", "x"});
}

TEST_CASE("a list cannot stand inside a text") {
  const auto lookup = table({{"with.a.flags", {"-O3", "-g"}}});
  const auto result = expand_arguments({"x ${with.a.flags}"}, lookup);
  REQUIRE_FALSE(result);
  CHECK(result.error().message() ==
        "`${with.a.flags}` is a list of 2 texts and cannot stand inside `x ${with.a.flags}`");
}

TEST_CASE("values may hold templates themselves, but not lead back to themselves") {
  const auto lookup = table({{"with.a.x", {"-I${prefix}/${with.b.y}", "${with.b.y}"}},
                             {"with.b.y", {"include"}},
                             {"prefix", {"/p"}},
                             {"with.c.one", {"${with.c.two}"}},
                             {"with.c.two", {"a ${with.c.one}"}}});
  CHECK(expand_arguments({"${with.a.x}"}, lookup).value() == Texts{"-I/p/include", "include"});
  const auto result = expand_text("${with.c.one}", lookup);
  REQUIRE_FALSE(result);
  CHECK(result.error().message() ==
        "`${with.c.one}` leads back to itself: with.c.one -> with.c.two -> with.c.one");
}

TEST_CASE("values that double at every step end in an error, not in all of the memory") {
  std::map<std::string, Texts> full, empty;
  for (int i = 0; i < 60; ++i) {
    const std::string next = i == 59 ? "x" : fmt::format("${{with.v.a{}}}", i + 1);
    full[fmt::format("with.v.a{}", i)] = {next + next};
    empty[fmt::format("with.v.a{}", i)] = i == 59 ? Texts{} : Texts{next, next};
  }
  CHECK(expand_text("${with.v.a0}", table(full)).error().code() == ErrorCode::invalid_input);
  CHECK(expand_arguments({"${with.v.a0}"}, table(empty)).error().code() == ErrorCode::invalid_input);
}

TEST_CASE("what the lookup does not know is said with what was being expanded") {
  const auto result = expand_text("${gcc.flags}", table({}));
  REQUIRE_FALSE(result);
  CHECK(render(result.error()) ==
        "error: nothing is known of `gcc.flags`\n  while expanding `${gcc.flags}`\n");
}

}  // namespace reef

#include <catch2/catch.hpp>

#include "core/action/view.h"

namespace reef::action {
namespace {

Action benchmark() {
  Action action;
  action.name = "benchmark";
  Parameter threads;
  threads.name = "threads";
  threads.type = ParameterType::integer;
  threads.fallback = 1;
  threads.minimum = 1;
  threads.maximum = 64;
  Parameter text;
  text.name = "text";
  text.fallback = "";
  Parameter rate;
  rate.name = "rate";
  rate.type = ParameterType::number;
  rate.fallback = 0.5;
  action.parameters = {threads, text, rate};
  return action;
}

std::string refusal(const std::vector<std::pair<std::string, std::string>>& given,
                    const Action& action = benchmark()) {
  const auto bound = bind_parameters(action, given);
  return bound ? "accepted" : render(bound.error());
}

TEST_CASE("parameters that are not given have their defaults, and the last one given wins") {
  const Parameters bound = bind_parameters(benchmark(), {{"threads", "2"}, {"threads", "4"}}).value();
  CHECK(bound.texts() == std::map<std::string, std::string>{{"rate", "0.5"}, {"text", ""}, {"threads", "4"}});
}

TEST_CASE("numbers that mean the same have the same text") {
  CHECK(bind_parameters(benchmark(), {{"rate", "0.250"}})->texts().at("rate") == "0.25");
  CHECK(bind_parameters(benchmark(), {{"rate", "2.5e-1"}})->texts().at("rate") == "0.25");
  const std::string big = "18446744073709551615";
  for (const char* text : {"1", "1.0", "1e0"})
    CHECK(bind_parameters(benchmark(), {{"rate", text}})->texts().at("rate") == "1");
  for (const std::string& text : {big, std::string("-9007199254740993"), std::string("1e+300")})
    CHECK(bind_parameters(benchmark(), {{"rate", text}})->texts().at("rate") == text);
  Action action = benchmark();
  for (const json::Value& fallback : {json::Value(1), json::Value(1.0)}) {
    action.parameters[2].fallback = fallback;
    CHECK(bind_parameters(action, {})->values == bind_parameters(action, {{"rate", "1"}})->values);
    CHECK(bind_parameters(action, {})->texts().at("rate") == "1");
  }
}

TEST_CASE("any text but one with a NUL byte is a string parameter byte for byte") {
  for (const char* text :
       {"", "a b", "'\"", "$(touch x)", "`touch x`", "a=b", "line\nline", "äöü 空", "-x", "${prefix}"})
    CHECK(bind_parameters(benchmark(), {{"text", text}})->texts().at("text") == text);
  CHECK(refusal({{"text", std::string("a\0b", 3)}}) ==
        "error: parameter `text`: a NUL byte cannot be passed to a program\n");
}

TEST_CASE("an unknown parameter is refused with its neighbour") {
  CHECK(refusal({{"thread", "2"}}) ==
        "error: the action `benchmark` has no parameter `thread`\nhint: did you mean `threads`?\n");
  CHECK(refusal({{"zzz", "2"}}) ==
        "error: the action `benchmark` has no parameter `zzz`\nhint: it has `threads`, `text` and `rate`\n");
  CHECK(bind_parameters(benchmark(), {{"zzz", "2"}}).error().code() == ErrorCode::usage);
}

TEST_CASE("a value of another type or out of range is refused by name") {
  for (const char* value : {"0", "65", "2.5", "many", "", "99999999999999999999"}) {
    const auto bound = bind_parameters(benchmark(), {{"threads", value}});
    REQUIRE_FALSE(bound);
    CHECK(bound.error().code() == ErrorCode::invalid_input);
    CHECK(render(bound.error()).find("`threads`") != std::string::npos);
  }
}

TEST_CASE("a parameter without a default must be given") {
  Action action = benchmark();
  action.parameters[0].fallback.reset();
  action.parameters[0].help = "worker threads";
  CHECK(refusal({}, action) ==
        "error: the action `benchmark` needs the parameter `threads`\nhint: add `--threads VALUE`: worker "
        "threads\n");
}

}  // namespace
}  // namespace reef::action

#include "core/model/condition.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

Circumstances here() {
  Circumstances now;
  now.options = {{"engine", "torch"}, {"precision", "fp32"}};
  now.os = "linux";
  now.arch = "x86_64";
  now.libc = "glibc";
  now.packages = {{"gcc", Version::parse_loose("12.2.0").value()}};
  return now;
}

Condition with(std::string group, std::vector<std::string> options) {
  Condition condition;
  condition.with[std::move(group)] = std::move(options);
  return condition;
}

Condition on(std::vector<std::string> os) {
  Condition condition;
  condition.os = std::move(os);
  return condition;
}

}  // namespace

TEST_CASE("an empty condition always holds") {
  CHECK(Condition().is_always());
  CHECK(holds(Condition(), Circumstances()));
  CHECK(describe(Condition()) == "always");
}

TEST_CASE("every part of a condition must hold") {
  CHECK(holds(with("engine", {"native", "torch"}), here()));
  CHECK_FALSE(holds(with("engine", {"native"}), here()));
  CHECK_FALSE(holds(with("nothing", {"torch"}), here()));
  CHECK(holds(on({"macos", "linux"}), here()));
  CHECK_FALSE(holds(on({"macos"}), here()));
  Condition gcc;
  gcc.packages["gcc"] = VersionRange::parse(">=12").value();
  CHECK(holds(gcc, here()));
  gcc.packages["clang"] = VersionRange();
  CHECK_FALSE(holds(gcc, here()));
  Condition cuda;
  cuda.accelerator = {"cuda", "rocm"};
  CHECK_FALSE(holds(cuda, here()));
  Circumstances now = here();
  now.accelerators = {"rocm"};
  CHECK(holds(cuda, now));
}

TEST_CASE("all, any and not combine conditions") {
  Condition both;
  both.all = {on({"linux"}), with("engine", {"torch"})};
  CHECK(holds(both, here()));
  both.all.push_back(on({"macos"}));
  CHECK_FALSE(holds(both, here()));
  Condition either;
  either.any = {on({"macos"}), with("engine", {"torch"})};
  CHECK(holds(either, here()));
  either.any.pop_back();
  CHECK_FALSE(holds(either, here()));
  Condition neither;
  neither.negated = {on({"macos"})};
  CHECK(holds(neither, here()));
  neither.negated.push_back(on({"linux"}));
  CHECK_FALSE(holds(neither, here()));
}

TEST_CASE("conditions with disjoint options or systems never hold together") {
  CHECK_FALSE(may_hold_together(with("engine", {"native"}), with("engine", {"torch"})));
  CHECK(may_hold_together(with("engine", {"native", "torch"}), with("engine", {"torch"})));
  CHECK(may_hold_together(with("engine", {"native"}), with("precision", {"int8"})));
  CHECK_FALSE(may_hold_together(on({"linux"}), on({"macos", "windows"})));
  Condition nested;
  nested.all = {with("engine", {"native"})};
  CHECK_FALSE(may_hold_together(nested, with("engine", {"torch"})));
  Condition impossible;
  impossible.all = {with("engine", {"native"}), with("engine", {"torch"})};
  CHECK_FALSE(may_hold_together(impossible, with("engine", {"torch"})));
}

TEST_CASE("a condition is described in words") {
  Condition condition = with("engine", {"torch", "native"});
  condition.os = {"linux"};
  condition.packages["gcc"] = VersionRange::parse(">=12").value();
  condition.negated = {on({"macos"})};
  CHECK(describe(condition) == "engine is torch or native, os is linux, gcc is >=12, not (os is macos)");
}

}  // namespace reef

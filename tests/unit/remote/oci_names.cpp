#include "core/remote/oci_names.h"

#include <catch2/catch.hpp>
#include <set>

#include "core/oci/reference.h"
#include "tests/support/results.h"

using namespace reef;
using namespace reef::remote;
using namespace reef::test;

TEST_CASE("every name of a package is a repository of its own") {
  CHECK(component_of("ink") == "ink");
  CHECK(component_of("a.b-c_d2") == "a.b-c_d2");
  CHECK(component_of("c++-tools") == "c__x2b__x2b__x2dtools");
  CHECK(component_of("a--b") == "a__x2d__x2db");
  CHECK(component_of("a-") == "a__x2d");
  std::set<std::string> seen;
  const std::vector<std::string> names = {"a",  "a-b",   "a--b",   "a_b",   "a__b",    "a__x2bb", "a+b",
                                          "a+", "a._b",  "a__x2d", "a.x2b", "a__x2b_", "c++",     "c+-+",
                                          "9.", "a_x2b", "a...",   "a-_-b", "a+.b",    "a.b",     "a__x2bb+"};
  for (const std::string& name : names) {
    CHECK(seen.insert(component_of(name)).second);
    CHECK(oci::check_repository(component_of(name)).has_value());
    CHECK(value(repository_of("team/x", name)) == "team/x/" + component_of(name));
  }
  CHECK(value(repository_of("", "ink")) == "ink");
  CHECK(repository_of("x", "reef-names").error().message() ==
        "a package of an OCI registry cannot be called `reef-names`");
}

TEST_CASE("names, tools and capabilities are tags, and are read again from them") {
  using Kind = NameTag::Kind;
  CHECK(value(tag_of({Kind::name, "ink", ""})) == "n.ink");
  CHECK(value(tag_of({Kind::tool, "g++", ""})) == "t.g_2b_2b");
  CHECK(value(tag_of({Kind::capability, "gcc", "c++-compiler"})) == "c.c_2b_2b-compiler.gcc");
  for (const NameTag& tag : std::vector<NameTag>{
           {Kind::name, "a.b_c+d-e", ""}, {Kind::tool, "x9", ""}, {Kind::capability, "a.b", "c.d"}}) {
    const std::string text = value(tag_of(tag));
    CHECK(oci::check_tag(text).has_value());
    CHECK(read_name_tag(text) == tag);
  }
  for (const char* text : {"", "n", "n.", "x.ink", "n.Ink", "n._2B", "n._2", "n._69nk", "n.a_00", "c.ink",
                           "c..ink", "c.a.", "n.-a", "latest"})
    CHECK_FALSE(read_name_tag(text).has_value());
  CHECK(tag_of({Kind::name, std::string(127, 'a'), ""}).error().message() ==
        "the name `" + std::string(127, 'a') + "` is too long for an OCI registry");
  CHECK(tag_of({Kind::capability, std::string(70, 'a'), std::string(70, 'b')})
            .error()
            .message()
            .find("together too long") != std::string::npos);
}

TEST_CASE("versions are tags") {
  CHECK(version_tag("1.0.0-rc.1+build.7") == "1.0.0-rc.1_build.7");
  CHECK(signature_tag("1.0.0", "0123456789ABCDEF") == "minisig.1.0.0.0123456789ABCDEF");
  const std::set<std::string> tags = {"1.0.0",
                                      "minisig.1.0.0",
                                      "minisig.1.0.0-rc.1",
                                      "minisig.1.0.0.0123456789ABCDEF",
                                      "minisig.1.0.0.FEDCBA9876543210",
                                      "minisig.1.0.0.FEDCBA987654321",
                                      "minisig.1.0.01"};
  CHECK(signature_tags(tags, "1.0.0") == std::vector<std::string>{"minisig.1.0.0",
                                                                  "minisig.1.0.0.0123456789ABCDEF",
                                                                  "minisig.1.0.0.FEDCBA9876543210"});
  CHECK(is_version_tag("1.0.0"));
  for (const char* tag : {"yanked.1.0.0", "minisig.1.0.0", "latest", "", "v1.0.0"})
    CHECK_FALSE(is_version_tag(tag));
}

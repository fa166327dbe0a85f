#include "core/model/license.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

std::string text_of(std::string_view license) {
  const auto read = parse_spdx(license);
  return read ? read->text : "-";
}

TEST_CASE("identifiers are found in any case, and written as the list has them") {
  CHECK(text_of("mit") == "MIT");
  CHECK(text_of("GPL-2.0+") == "GPL-2.0+");
  CHECK(text_of("EPL-1.0+") == "EPL-1.0+");
  CHECK(parse_spdx("Apache-2.0")->is_listed);
  CHECK_FALSE(parse_spdx("LicenseRef-Own")->is_listed);
  CHECK_FALSE(parse_spdx("MIT OR ISC")->is_listed);
  CHECK(text_of("LicenseRef-Own.2") == "LicenseRef-Own.2");
  CHECK(text_of("DocumentRef-a:LicenseRef-b") == "DocumentRef-a:LicenseRef-b");
}

TEST_CASE("expressions of licences are read as SPDX defines them") {
  CHECK(text_of("mit or (Apache-2.0 and BSD-3-Clause)") == "MIT OR (Apache-2.0 AND BSD-3-Clause)");
  CHECK(text_of("GPL-2.0-only WITH Classpath-exception-2.0 AND MIT") ==
        "GPL-2.0-only WITH Classpath-exception-2.0 AND MIT");
  CHECK(text_of(" ((MIT)) ") == "((MIT))");
}

TEST_CASE("what is no expression of SPDX is none") {
  for (const std::string_view text : {"",
                                      " ",
                                      "Proprietary",
                                      "MIT license",
                                      "MIT ISC",
                                      "MIT OR",
                                      "OR MIT",
                                      "(MIT",
                                      "MIT)",
                                      ")MIT(",
                                      "()",
                                      "MIT (ISC)",
                                      "(MIT) WITH LLVM-exception",
                                      "MIT WITH (LLVM-exception)",
                                      "MIT AND OR ISC",
                                      "LicenseRef-",
                                      "LicenseRef-a b",
                                      "see LICENSE",
                                      "Apache 2.0",
                                      "MIT/ISC",
                                      "MIT\tOR ISC",
                                      "a:LicenseRef-b",
                                      "++"})
    CHECK(text_of(text) == "-");
}

TEST_CASE("a slip in an identifier is told") {
  CHECK(nearest_spdx("Apache-2") == "did you mean `Apache-2.0`?");
  CHECK(nearest_spdx("GPLv3") == "did you mean `GPL-3.0-only` or `GPL-3.0-or-later`?");
  CHECK(nearest_spdx("BSD") == "did you mean `BSD-2-Clause` or `BSD-3-Clause`?");
  CHECK(nearest_spdx("UNLICENSED") == std::nullopt);
  CHECK(nearest_spdx("Proprietary, all rights reserved") == std::nullopt);
}

}  // namespace
}  // namespace reef

#include "core/base/markup.h"

#include <catch2/catch.hpp>

using namespace reef;

TEST_CASE("XML shows every character as itself") {
  CHECK(escaped_xml("<img src=x onerror='a'>&\"") == "&lt;img src=x onerror=&#39;a&#39;&gt;&amp;&quot;");
  CHECK(escaped_xml(std::string("a\0b\x1b[31m", 8)) == "a\\x00b\\x1b[31m");
  CHECK(escaped_xml("]]>\n") == "]]&gt; ");
}

TEST_CASE("Markdown shows every character as itself, in cells too") {
  CHECK(escaped_markdown("a|b") == "a&#124;b");
  CHECK(escaped_markdown("`x` *y* _z_ [l](u)") == "\\`x\\` \\*y\\* \\_z\\_ \\[l\\](u)");
  CHECK(escaped_markdown("<b>@someone #1 https://x") == "&lt;b&gt;&#64;someone \\#1 https&#58;//x");
  CHECK(escaped_markdown("two\nlines") == "two lines");
  CHECK(escaped_markdown("back\\slash") == "back\\\\slash");
}

TEST_CASE("LaTeX shows every character as itself") {
  CHECK(escaped_latex("50 % of a_b & {c} $d #e") == "50 \\% of a\\_b \\& \\{c\\} \\$d \\#e");
  CHECK(escaped_latex("\\input~^<>|\"") ==
        "\\textbackslash{}input\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}"
        "\\textquotedbl{}");
  CHECK(escaped_latex("--x") == "-{}-{}x");
}

TEST_CASE("CSV fields are quoted when they must be, and are no formulas") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"hi\"\nbye") == "\"say \"\"hi\"\"\nbye\"");
  CHECK(csv_field("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0");
  CHECK(csv_field("@SUM(1)") == "'@SUM(1)");
  CHECK(csv_field("-1.5e-3") == "-1.5e-3");
  CHECK(csv_field("-1+cmd") == "'-1+cmd");
  CHECK(csv_field(" blank") == "\" blank\"");
  CHECK(csv_field("").empty());
}

// Prints records as we write them, one a line, for the test of the schema.
#include <cstdio>

#include "tests/unit/record/example.h"

int main() {
  for (const reef::Record& record : {reef::test::full_record(), reef::test::bare_record()})
    std::fputs(reef::json::write_line(reef::sealed(to_json(record))).c_str(), stdout);
}

// Manifests of any kind: every problem has a place in the text, and reading twice tells the same.
#include "core/model/manifest.h"

#include <cstdint>
#include <cstdlib>

namespace {

// What is wrong with it, as a user would see it.
std::string problems_of(const reef::json::Document& document) {
  reef::json::Problems problems;
  const reef::Manifest manifest = reef::read_manifest(document, problems);
  if (problems.empty() && manifest.name.empty()) std::abort();
  std::string out;
  for (const reef::Error& error : problems.sorted()) {
    if (!error.place() || error.place()->line == 0) std::abort();
    out += reef::render(error);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& document : {json::parse("reef.json", text), json::parse_yaml("reef.yaml", text)})
    if (document && problems_of(*document) != problems_of(*document)) std::abort();
  return 0;
}

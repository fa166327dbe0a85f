// What an OCI registry says of packages: tags that are names, and entries. A name has one tag, and one
// repository; whatever is read of an entry is the version that its tag says.
#include <cstdint>

#include "core/model/manifest.h"
#include "core/oci/reference.h"
#include "core/remote/oci_entries.h"
#include "core/remote/oci_names.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  using namespace reef::remote;
  const std::string text(reinterpret_cast<const char*>(data), size);

  if (const auto tag = read_name_tag(text)) {
    const auto written = tag_of(*tag);
    require(!written || (*written == text && oci::check_tag(text).has_value()));
    const std::string component = component_of(tag->name);
    require(component.size() > 255 || oci::check_repository(component).has_value());
  }
  if (const auto name = parse_package_name(text)) {
    const auto tag = tag_of({NameTag::Kind::name, *name, ""});
    require(!tag || read_name_tag(*tag) == NameTag{NameTag::Kind::name, *name, ""});
  }
  if (const auto entry = read_entry("ink", text, "ink", "1.0.0"); entry && *entry) {
    require(version_tag((*entry)->entry.version.text()) == "1.0.0" && !(*entry)->tree.empty());
    const auto again = read_entry("ink", entry_of(**entry), "ink", "1.0.0");
    require(again && *again && (*again)->digest == (*entry)->digest);
  }
  return 0;
}

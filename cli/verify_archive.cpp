#include "cli/verify_archive.h"

#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_archive.h"
#include "core/base/units.h"
#include "core/ops/archive_files.h"

namespace reef::cli {

Result<int> verify_archive_file(Host& host, const std::string& file) {
  TRY(const archive::ArchiveRead read, ops::verify_file(machine_of(host), file));
  if (host.json) {
    json::Value out = to_json(read);
    out["good"] = true;
    print_json(out);
  } else if (!host.quiet) {
    print(fmt::format("good: every byte of {}\n{}\nmanifest sha256:{}\n", format_bytes(read.bytes),
                      render_archive_brief(read), read.manifest.hex()));
  }
  return 0;
}

}  // namespace reef::cli

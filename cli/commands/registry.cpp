#include "core/ops/registry.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"

namespace reef::cli {
namespace registry_verb {
namespace {

std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

Result<int> build(Host& host, const std::string& folder) {
  TRY(const RegistryBuilt built, ops::publish_folder(machine_of(host), folder));
  if (host.json) {
    print_json({{"file", built.file.string()},
                {"digest", built.digest.hex()},
                {"changed", built.changed},
                {"packages", built.packages},
                {"versions", built.versions},
                {"written", built.written},
                {"removed", built.removed}});
    return 0;
  }
  std::string out =
      fmt::format("{} {}: {}, {}\n", built.changed ? "wrote" : "up to date:", built.file.string(),
                  counted(built.packages, "package"), counted(built.versions, "version"));
  if (built.written + built.removed > 0)
    out += fmt::format("  {} written, {} removed\n", counted(built.written, "file"), built.removed);
  print(out);
  return 0;
}

}  // namespace
}  // namespace registry_verb

Run register_registry(Verb program) {
  using namespace registry_verb;
  const Verb command = program.add_verb("registry", "Publish a folder of packages as a registry");
  command.allow_verb_below();
  auto folder = std::make_shared<std::string>(".");
  const Verb build_one =
      command.add_verb("build", "Write the index of a folder of packages, to be served as static files");
  build_one.add_option("folder", *folder, "The folder that holds the packages").show_default();
  return [=](Host& host) -> Result<int> {
    if (build_one.parsed()) return build(host, *folder);
    return make_error(ErrorCode::usage, "what to do with a registry? `reef registry build [FOLDER]`");
  };
}

}  // namespace reef::cli

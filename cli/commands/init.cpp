#include "core/ops/init.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"

namespace reef::cli {
namespace init_verb {
namespace {

struct Options {
  std::string folder = ".";
  std::string kind = "program";
  std::string name;
};

// What to type next; the first of them works at once.
std::vector<std::string> next_steps(const std::string& kind) {
  if (kind == "tool")
    return {"reef detect --explain .", "edit `detect` in reef.json until it finds the tool", "reef check"};
  if (kind == "dataset")
    return {"reef run test", "put your own files beside reef.json and name them in `sources`", "reef check"};
  if (kind == "model") return {"reef run test", "reef run benchmark", "reef info ."};
  return {"reef run test", "reef run greet --who you", "reef run benchmark"};
}

std::string render(const ops::Initialised& made, const Options& options) {
  const bool here = options.folder == ".";
  std::string out = fmt::format("made `{}`, a {}{}\n", made.name, options.kind,
                                here ? "" : fmt::format(" in {}", printable(options.folder)));
  for (const Path& file : made.files) out += fmt::format("  {}\n", file.string());
  out += "next:\n";
  if (!here) out += fmt::format("  cd {}\n", shell_quoted(options.folder));
  for (const std::string& step : next_steps(options.kind)) out += fmt::format("  {}\n", step);
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const Path cwd, current_folder());
  Path folder = (cwd / options.folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  TRY(const ops::Initialised made, ops::init(host.fs, {folder, options.kind, options.name}));
  if (host.json) {
    json::Value out = {{"name", made.name},
                       {"template", options.kind},
                       {"folder", folder.string()},
                       {"files", json::Value::array()}};
    for (const Path& file : made.files) out["files"].push_back(file.string());
    print_json(out);
  } else if (!host.quiet) {
    print(render(made, options));
  }
  return 0;
}

}  // namespace
}  // namespace init_verb

Run register_init(Verb command) {
  using namespace init_verb;
  auto options = std::make_shared<Options>();
  command.add_option("folder", options->folder, "Where; made when it is not there").show_default();
  command.add_option("--template", options->kind, "program, model, dataset or tool").show_default();
  command.add_option("--name", options->name, "Its name; default: that of the folder");
  command.footer("Nothing that is there is overwritten.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli

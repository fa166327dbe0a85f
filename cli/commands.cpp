#include "cli/commands.h"

namespace reef::cli {

std::span<const NamedVerb> all_verbs() {
  static constexpr NamedVerb kAll[] = {
      {"search", register_search},
      {"info", register_info},
      {"run", register_run},
      {"sweep", register_sweep},
      {"install", register_install},
      {"lock", register_lock},
      {"runs", register_runs},
      {"compare", register_compare},
      {"pareto", register_pareto},
      {"report", register_report},
      {"dashboard", register_dashboard},
      {"detect", register_detect},
      {"doctor", register_doctor},
      {"init", register_init},
      {"check", register_check},
      {"add", register_add},
      {"remove", register_remove},
      {"tree", register_tree},
      {"why", register_why},
      {"why-not", register_why_not},
      {"why-rebuild", register_why_rebuild},
      {"pack", register_pack},
      {"inspect", register_inspect},
      {"unpack", register_unpack},
      {"push", register_push},
      {"pull", register_pull},
      {"replay", register_replay},
      {"verify", register_verify},
      {"sign", register_sign},
      {"key", register_key},
      {"sbom", register_sbom},
      {"publish", register_publish},
      {"registry", register_registry},
      {"store", register_store},
      {"gc", register_gc},
      {"shell", register_shell},
      {"exec", register_exec},
      {"completion", register_completion},
      {"complete", register_complete},
  };
  return kAll;
}

}  // namespace reef::cli

#include "cli/commands.h"

namespace reef::cli {

std::span<const Register> all_commands() {
  static constexpr Register kAll[] = {
      register_search,      register_info,    register_run,        register_sweep,    register_install,
      register_lock,        register_runs,    register_compare,    register_pareto,   register_report,
      register_dashboard,   register_detect,  register_doctor,     register_init,     register_check,
      register_add,         register_remove,  register_tree,       register_why,      register_why_not,
      register_why_rebuild, register_pack,    register_inspect,    register_unpack,   register_push,
      register_pull,        register_replay,  register_verify,     register_sign,     register_key,
      register_sbom,        register_publish, register_registry,   register_store,    register_gc,
      register_shell,       register_exec,    register_completion, register_complete,
  };
  return kAll;
}

}  // namespace reef::cli

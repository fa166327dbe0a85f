#include "cli/commands.h"

#include <array>

namespace reef::cli {

std::span<const Register> all_commands() {
  static constexpr std::array<Register, 27> kAll = {
      register_search,     register_info,        register_run,    register_install, register_lock,
      register_runs,       register_compare,     register_pareto, register_detect,  register_doctor,
      register_init,       register_check,       register_add,    register_remove,  register_tree,
      register_why,        register_why_rebuild, register_store,  register_gc,      register_verify,
      register_key,        register_sign,        register_sbom,   register_shell,   register_exec,
      register_completion, register_complete,
  };
  return kAll;
}

}  // namespace reef::cli

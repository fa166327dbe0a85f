#include "cli/commands.h"

#include <array>

namespace reef::cli {

std::span<const Register> all_commands() {
  static constexpr std::array<Register, 21> kAll = {
      register_search,   register_info,    register_run,    register_install, register_lock,
      register_runs,     register_compare, register_pareto, register_detect,  register_doctor,
      register_init,     register_check,   register_add,    register_remove,  register_tree,
      register_why,      register_why_not, register_shell,  register_exec,    register_completion,
      register_complete,
  };
  return kAll;
}

}  // namespace reef::cli

#pragma once

#include "cli/app.h"

namespace reef::cli {

// One function a verb, each in cli/commands/<verb>.cpp. It parses options, calls one function of core/ops and
// renders what that returns.
Run register_add(Verb program);
Run register_check(Verb program);
Run register_compare(Verb program);
Run register_complete(Verb program);
Run register_completion(Verb program);
Run register_detect(Verb program);
Run register_doctor(Verb program);
Run register_exec(Verb program);
Run register_info(Verb program);
Run register_init(Verb program);
Run register_install(Verb program);
Run register_lock(Verb program);
Run register_pareto(Verb program);
Run register_remove(Verb program);
Run register_run(Verb program);
Run register_runs(Verb program);
Run register_search(Verb program);
Run register_shell(Verb program);
Run register_tree(Verb program);
Run register_why(Verb program);
Run register_why_not(Verb program);

}  // namespace reef::cli

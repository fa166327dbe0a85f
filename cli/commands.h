#pragma once

#include "cli/app.h"

namespace reef::cli {

// One function a verb, each in cli/commands/<verb>.cpp. It adds the verb's words and flags; what it returns
// calls one function of core/ops and renders what that answers.
Run register_add(Verb command);
Run register_check(Verb command);
Run register_compare(Verb command);
Run register_complete(Verb command);
Run register_completion(Verb command);
Run register_dashboard(Verb command);
Run register_detect(Verb command);
Run register_doctor(Verb command);
Run register_exec(Verb command);
Run register_gc(Verb command);
Run register_info(Verb command);
Run register_init(Verb command);
Run register_inspect(Verb command);
Run register_install(Verb command);
Run register_key(Verb command);
Run register_lock(Verb command);
Run register_pack(Verb command);
Run register_pareto(Verb command);
Run register_publish(Verb command);
Run register_pull(Verb command);
Run register_push(Verb command);
Run register_registry(Verb command);
Run register_remove(Verb command);
Run register_replay(Verb command);
Run register_report(Verb command);
Run register_run(Verb command);
Run register_runs(Verb command);
Run register_sbom(Verb command);
Run register_search(Verb command);
Run register_shell(Verb command);
Run register_sign(Verb command);
Run register_store(Verb command);
Run register_sweep(Verb command);
Run register_tree(Verb command);
Run register_unpack(Verb command);
Run register_verify(Verb command);
Run register_why(Verb command);
Run register_why_rebuild(Verb command);
Run register_why_not(Verb command);

}  // namespace reef::cli

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
Run register_dashboard(Verb program);
Run register_detect(Verb program);
Run register_doctor(Verb program);
Run register_exec(Verb program);
Run register_gc(Verb program);
Run register_info(Verb program);
Run register_init(Verb program);
Run register_inspect(Verb program);
Run register_install(Verb program);
Run register_key(Verb program);
Run register_lock(Verb program);
Run register_pack(Verb program);
Run register_pareto(Verb program);
Run register_publish(Verb program);
Run register_pull(Verb program);
Run register_push(Verb program);
Run register_registry(Verb program);
Run register_remove(Verb program);
Run register_replay(Verb program);
Run register_report(Verb program);
Run register_run(Verb program);
Run register_runs(Verb program);
Run register_sbom(Verb program);
Run register_search(Verb program);
Run register_shell(Verb program);
Run register_sign(Verb program);
Run register_store(Verb program);
Run register_sweep(Verb program);
Run register_tree(Verb program);
Run register_unpack(Verb program);
Run register_verify(Verb program);
Run register_why(Verb program);
Run register_why_rebuild(Verb program);
Run register_why_not(Verb program);

}  // namespace reef::cli

#include "cli/commands.h"

namespace reef::cli {

std::span<const NamedVerb> all_verbs() {
  static constexpr NamedVerb kAll[] = {
      {"search", "Find packages and tools by words in names, tags and summaries", register_search},
      {"info", "Explain a package: variations, actions, parameters, what it needs", register_info},
      {"run", "Run an action of a package, building what is missing, and record it", register_run},
      {"sweep", "Measure many choices of options and parameters, or look for a good one", register_sweep},
      {"install", "Fetch and build a package and all it needs, without running it", register_install},
      {"lock", "Write reef.lock: the exact closure of this project, for this platform and others",
       register_lock},
      {"runs", "List recorded runs; show or verify one", register_runs},
      {"compare", "Compare two runs, or measure two choices in turn: slower, faster, same or cannot tell",
       register_compare},
      {"pareto", "Which recorded runs are worth having: the frontier of two metrics", register_pareto},
      {"report", "Write recorded runs in a format that others read", register_report},
      {"dashboard", "Look at recorded runs in a browser, or write them as one page", register_dashboard},
      {"detect", "List the tools and libraries that this host has", register_detect},
      {"doctor", "Say what is missing, for reef or for a package, and how to install it", register_doctor},
      {"init", "Make a small package that runs at once", register_init},
      {"check", "Report every problem of a package's manifest", register_check},
      {"add", "Add a dependency to reef.json, and choose what fits", register_add},
      {"remove", "Remove a dependency from reef.json", register_remove},
      {"tree", "Show all that a package needs here, as a tree", register_tree},
      {"why", "Tell why a package, tool or capability is needed, and why in this version", register_why},
      {"why-not", "Tell why a version of a package is not, or cannot be, chosen", register_why_not},
      {"why-rebuild", "Tell what changed since the last build of a package: files, tools, options",
       register_why_rebuild},
      {"pack", "Write one file with a package, all it needs, and its records", register_pack},
      {"inspect", "Show what an archive holds, without unpacking it", register_inspect},
      {"unpack", "Unpack an archive into a new folder, verifying every byte", register_unpack},
      {"push", "Send an archive to an OCI registry", register_push},
      {"pull", "Get an archive from an OCI registry, as the file that it was", register_pull},
      {"replay", "Run an archive again on this host, without network, and compare the numbers",
       register_replay},
      {"verify", "Check an archive, a signature, or that a package builds bit for bit again",
       register_verify},
      {"sign", "Sign files: FILE.minisig, which minisign accepts too", register_sign},
      {"key", "List keys for signatures; make, trust and revoke them", register_key},
      {"sbom", "Print the bill of materials of a package and all it needs (CycloneDX 1.6)", register_sbom},
      {"publish", "Give a package to a registry", register_publish},
      {"registry", "List, add, update and publish registries", register_registry},
      {"store", "List what is installed; look at, check and repair it", register_store},
      {"gc", "Remove from the store what nothing refers to", register_gc},
      {"shell", "Open a shell with a package's environment", register_shell},
      {"exec", "Run one command in a package's environment: reef exec [PACKAGE] -- COMMAND", register_exec},
      {"completion", "Print a script that completes command lines in your shell", register_completion},
      {"complete", "Print what could stand at the end of a command line: reef complete -- WORDS",
       register_complete, true},
  };
  return kAll;
}

}  // namespace reef::cli

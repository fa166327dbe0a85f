#include "core/ops/home.h"

#include "core/base/text.h"
#include "core/fetch/upkeep.h"

namespace reef::ops {
namespace {

// Beside an installed program (<prefix>/bin/reef, <prefix>/share/reef/packages), or in the tree it was built
// from.
Result<Path> shipped_catalogue(Filesystem& fs) {
  TRY(const Path program, own_executable());
  const Path installed = program.parent_path().parent_path() / "share" / "reef" / "packages";
  if (is_folder(fs, installed)) return installed;
  const Path built_from = REEF_SOURCE_CATALOGUE;
  if (is_folder(fs, built_from)) return built_from;
  return make_error(ErrorCode::not_found, "the catalogue of packages is missing: looked for `{}`",
                    installed.string())
      .hint("install reef again, or set REEF_PACKAGES to a folder of packages");
}

}  // namespace

Result<Home> find_home(const Environment& env) {
  if (const std::string chosen = get_or(env, "REEF_HOME", ""); !chosen.empty()) {
    TRY(Path root, absolute_path(chosen));
    return Home{std::move(root)};
  }
  if (const std::string data = get_or(env, "XDG_DATA_HOME", ""); data.starts_with('/'))
    return Home{Path(data) / "reef"};
  if (const auto home = home_folder(env)) return Home{*home / ".local" / "share" / "reef"};
  return make_error(ErrorCode::not_found,
                    "cannot tell where to keep packages: neither REEF_HOME nor HOME is set")
      .hint("set REEF_HOME to a folder that can be written");
}

std::vector<Path> RegistryRoots::all() const {
  std::vector<Path> out = own;
  if (catalogue) out.push_back(*catalogue);
  return out;
}

Result<RegistryRoots> registry_roots(Filesystem& fs, const Environment& env) {
  RegistryRoots roots;
  for (const std::string& folder : split(get_or(env, "REEF_PACKAGES", ""), ':')) {
    if (folder.empty()) continue;
    if (!is_folder(fs, folder))
      return make_error(ErrorCode::not_found, "REEF_PACKAGES names `{}`, which is not a folder", folder);
    TRY(Path root, absolute_path(folder));
    roots.own.push_back(std::move(root));
  }
  auto catalogue = shipped_catalogue(fs);
  if (catalogue) roots.catalogue = *std::move(catalogue);
  if (roots.all().empty()) return tl::make_unexpected(std::move(catalogue).error());
  return roots;
}

Result<std::uint64_t> cache_limit(const Environment& env) {
  return with_context(fetch::parse_limit(get_or(env, "REEF_CACHE_LIMIT", "")), "reading `REEF_CACHE_LIMIT`");
}

}  // namespace reef::ops

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/registry/compose.h"
#include "core/registry/folder_registry.h"
#include "core/registry/published_registry.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

// Several registries as one, in the order of preference.
class UnionRegistry final : public Registry {
 public:
  explicit UnionRegistry(std::vector<std::unique_ptr<Registry>> parts) : parts_(std::move(parts)) {}

  std::string name() const override {
    std::string out;
    for (const auto& part : parts_) out += (out.empty() ? "" : " and ") + part->name();
    return out;
  }

  bool has(std::string_view package) override {
    return std::any_of(parts_.begin(), parts_.end(), [&](const auto& part) { return part->has(package); });
  }
  std::string origin(std::string_view package) override {
    for (const auto& part : parts_)
      if (part->has(package)) return part->origin(package);
    return "";
  }
  bool is_published(std::string_view package) override {
    return std::all_of(parts_.begin(), parts_.end(),
                       [&](const auto& part) { return !part->has(package) || part->is_published(package); });
  }

  Texts names() override {
    return all([](Registry& part) { return part.names(); });
  }
  Texts tools() override {
    Texts out = all([](Registry& part) { return part.tools(); });
    std::erase_if(out, [&](const std::string& name) { return has_two_kinds(name); });
    return out;
  }
  Texts providers(std::string_view capability) override {
    return all([&](Registry& part) { return part.providers(capability); });
  }
  Texts capabilities() override {
    return all([](Registry& part) { return part.capabilities(); });
  }
  bool is_tool(std::string_view package) override {
    const bool is_any =
        std::any_of(parts_.begin(), parts_.end(), [&](const auto& part) { return part->is_tool(package); });
    return is_any && !has_two_kinds(package);
  }

  std::vector<Version> versions(std::string_view package) override {
    std::vector<Version> out;
    if (has_two_kinds(package)) return out;
    for (const auto& part : parts_) {
      std::vector<Version> more = part->versions(package);
      // One that cannot read it: what the others have is not all there is.
      if (more.empty() && part->has(package)) return {};
      std::move(more.begin(), more.end(), std::back_inserter(out));
    }
    std::stable_sort(out.begin(), out.end(), std::greater<>());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override {
    if (versions(package).empty()) return std::nullopt;
    for (const auto& part : parts_)
      if (auto entry = part->entry(package, version)) return entry;
    return std::nullopt;
  }

  Result<std::vector<VersionNeeds>> needs(std::string_view package) override {
    std::vector<VersionNeeds> out;
    if (has_two_kinds(package)) return tl::make_unexpected(two_kinds(package));
    for (const auto& part : parts_) {
      TRY(std::vector<VersionNeeds> more, part->needs(package));
      std::move(more.begin(), more.end(), std::back_inserter(out));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const VersionNeeds& a, const VersionNeeds& b) { return a.version > b.version; });
    const auto same = [](const VersionNeeds& a, const VersionNeeds& b) { return a.version == b.version; };
    for (auto twice = out.begin(); (twice = std::adjacent_find(twice, out.end(), same)) != out.end(); ++twice)
      TRY_STATUS(check_unique(package, twice->version));
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
    return out;
  }

  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package,
                                                   const Version& version) override {
    TRY(Registry * part, owner(package, version));
    return part->manifest(package, version);
  }
  Result<Path> folder(std::string_view package, const Version& version) override {
    TRY(Registry * part, owner(package, version));
    return part->folder(package, version);
  }
  Result<Digest> digest(std::string_view package, const Version& version) override {
    TRY(Registry * part, owner(package, version));
    return part->digest(package, version);
  }

  Result<std::vector<CatalogueEntry>> search(const Texts& words) override {
    std::map<std::string, CatalogueEntry> shown;
    for (const auto& part : parts_) {
      TRY(std::vector<CatalogueEntry> found, part->search({}));
      for (CatalogueEntry& entry : found) {
        const auto known = shown.find(entry.name);
        if (known == shown.end() || is_shown_before(entry, known->second))
          shown.insert_or_assign(entry.name, std::move(entry));
      }
    }
    std::vector<CatalogueEntry> entries;
    for (auto& [name, entry] : shown) entries.push_back(std::move(entry));
    return matching(std::move(entries), words);
  }

 private:
  template <class Question>
  Texts all(Question question) {
    std::set<std::string> out;
    for (const auto& part : parts_)
      for (std::string& text : question(*part)) out.insert(std::move(text));
    return {out.begin(), out.end()};
  }

  // Whether it is a tool of the host in one part, and no tool in another.
  bool has_two_kinds(std::string_view package) {
    bool tool = false;
    bool other = false;
    for (const auto& part : parts_)
      if (part->has(package)) (part->is_tool(package) ? tool : other) = true;
    return tool && other;
  }

  Error two_kinds(std::string_view package) {
    Texts places;
    for (const bool tool : {false, true})
      for (const auto& part : parts_)
        if (part->has(package) && part->is_tool(package) == tool) places.push_back(part->name());
    return Error(ErrorCode::invalid_input,
                 fmt::format("`{}` is a package in {}, and a tool of the host in {}", package, places.front(),
                             places.back()))
        .hint("give the package another name: what is built is not taken for what is found on the host");
  }

  // The first that has the version; where none has, the one that knows why.
  Result<Registry*> owner(std::string_view package, const Version& version) {
    if (has_two_kinds(package)) return tl::make_unexpected(two_kinds(package));
    const std::vector<Version> known = versions(package);
    for (const auto& part : parts_) {
      if (known.empty() || !part->entry(package, version)) continue;
      TRY_STATUS(check_unique(package, version));
      return part.get();
    }
    for (const auto& part : parts_)
      if (const auto why = part->manifest(package, version);
          !why && why.error().code() != ErrorCode::not_found)
        return tl::make_unexpected(why.error());
    if (!known.empty()) return tl::make_unexpected(no_such_version(name(), package, version, known));
    Error error(ErrorCode::not_found,
                fmt::format("there is no package `{}` in {}", printable(package), name()));
    if (auto hint = did_you_mean(package, names())) error = std::move(error).hint(*std::move(hint));
    return tl::make_unexpected(std::move(error));
  }

  Status check_unique(std::string_view package, const Version& version) {
    Registry* first = nullptr;
    for (const auto& part : parts_) {
      const auto entry = part->entry(package, version);
      if (!entry) continue;
      if (first == nullptr) {
        first = part.get();
        continue;
      }
      TRY(const Digest one, first->digest(package, version));
      TRY(const Digest other, part->digest(package, version));
      if (one == other) continue;
      TRY(const Path here, first->folder(package, version));
      TRY(const Path there, part->folder(package, version));
      return tl::make_unexpected(two_contents(*entry, here.string(), there.string()));
    }
    return {};
  }

  std::vector<std::unique_ptr<Registry>> parts_;
};

}  // namespace

std::unique_ptr<Registry> merge_registries(std::vector<std::unique_ptr<Registry>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<UnionRegistry>(std::move(parts));
}

Result<std::unique_ptr<Registry>> open_registries(Filesystem& fs, const std::vector<Path>& roots,
                                                  const Path& cache) {
  FolderRegistryOptions plain;
  std::vector<std::unique_ptr<Registry>> parts;
  std::size_t plain_at = 0;
  for (const Path& root : roots) {
    if (is_published(fs, root)) {
      TRY(parts.emplace_back(), open_published_registry(fs, root, cache));
      continue;
    }
    if (plain.roots.empty()) plain_at = parts.size();
    plain.roots.push_back(root);
  }
  if (!plain.roots.empty()) {
    plain.cache = cache_file_of(cache, plain.roots, "catalogue");
    TRY(auto folders, open_folder_registry(fs, std::move(plain)));
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(plain_at), std::move(folders));
  }
  return merge_registries(std::move(parts));
}

}  // namespace reef

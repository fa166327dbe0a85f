#include "core/registry/folder_place.h"

#include "core/base/text.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/content_digest.h"
#include "core/registry/index_json.h"

namespace reef {
namespace {

class FolderPlace final : public RegistryPlace {
 public:
  FolderPlace(Filesystem& fs, Path folder, std::string name, std::shared_ptr<RootGuard> guard,
              std::string copy_of)
      : fs_(fs),
        folder_(std::move(folder)),
        name_(std::move(name)),
        guard_(std::move(guard)),
        copy_of_(std::move(copy_of)) {}

  std::string name() const override {
    return name_.empty() ? fmt::format("the registry in `{}`", folder_.string()) : name_;
  }
  Path top() const override { return folder_; }
  std::string remedy() const override {
    if (!copy_of_.empty())
      return fmt::format("tell those who publish `{}`: `reef registry build` makes it whole again", copy_of_);
    return fmt::format("`reef registry build {}` writes it anew", shell_quoted(folder_.string()));
  }

  Result<Root> root() override {
    Root out{folder_ / kRegistryRoot, std::nullopt};
    if (guard_ == nullptr) return out;
    TRY(const std::string text, fs_.read_file(out.file, kLargestRoot));
    out.digest = sha256(text);
    if (!guard_->knows(*out.digest))
      TRY_STATUS(guard_->accept(text, fs_.read_file(folder_ / kRootSignature, kLargestSignature)));
    return out;
  }
  bool is_current(const Digest& root) override {
    const Result<std::string> now = fs_.read_file(folder_ / kRegistryRoot, kLargestRoot);
    return !now || sha256(*now) == root;
  }

  Result<std::string> read(const std::string& file, const Digest& /*digest*/, std::uint64_t limit) override {
    return fs_.read_file(folder_ / file, limit);
  }

  Result<Path> manifest(const IndexedVersion& version) override {
    return Path(version.manifests.front().path);
  }
  Result<Path> folder(const IndexedVersion& version) override {
    return Path(version.manifests.front().path).parent_path();
  }

  Status check(const IndexedVersion& version, ContentDigests& digests) override {
    TRY(const Path folder, this->folder(version));
    TRY(const Digest digest, digests.of(folder));
    if (digest == version.digest) return {};
    Failure changed =
        make_error(ErrorCode::integrity,
                   "`{}` {} in `{}` is not what the registry published: its content is {}, expected {}",
                   version.entry.name, version.entry.version.text(), folder.string(), digest.brief(),
                   version.digest.value_or(Digest()).brief());
    if (!copy_of_.empty())
      return std::move(changed)
          .hint(
              fmt::format("tell those who publish `{}`, then `reef registry update {}`", copy_of_, copy_of_))
          .hint(
              fmt::format("if it was changed here: remove `{}`, and it is brought again", folder_.string()));
    return std::move(changed)
        .hint("put it back as it was, or give it another version")
        .hint(fmt::format("`reef registry build --replace {}` publishes what is there now",
                          shell_quoted(folder_.string())));
  }

 private:
  Filesystem& fs_;
  Path folder_;
  std::string name_;
  std::shared_ptr<RootGuard> guard_;
  std::string copy_of_;
};

}  // namespace

std::unique_ptr<RegistryPlace> make_folder_place(Filesystem& fs, const Path& folder, std::string name,
                                                 std::shared_ptr<RootGuard> guard, std::string copy_of) {
  return std::make_unique<FolderPlace>(fs, folder, std::move(name), std::move(guard), std::move(copy_of));
}

}  // namespace reef

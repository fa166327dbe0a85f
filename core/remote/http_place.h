#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "core/registry/registry_place.h"
#include "core/remote/access.h"
#include "core/remote/package_folders.h"

namespace reef::remote {

struct Site {
  std::string name;  // what the user calls the registry
  std::string url;   // http or https, without credentials and without a `/` at its end
  std::vector<std::pair<std::string, std::string>> headers = {};  // credentials, for its origin only
  std::string login_hint = {};                                    // what to do when it wants a login
  std::shared_ptr<RootGuard> guard = nullptr;                     // null: every root is believed
};

// A published registry on a web site of static files. Below `cache` it keeps its root with what tells whether
// it changed there (`.root`, `.site`, `.minisig`); files of the index and contents of packages are in the
// cache of downloads, unpacked ones in PackageFolders.
//
// The root is asked for again when it is a minute old, and, whatever its ETag, whenever something that it
// names is missing. Where the site cannot be reached, the root that is known is used, and a note says so;
// offline nothing is asked at all. A root that cannot be read, or may not be believed, never takes the place
// of another one.
class HttpPlace final : public RegistryPlace {
 public:
  static constexpr std::chrono::seconds kFresh{60};

  HttpPlace(Access access, Site site, const Path& cache);

  std::string name() const override;
  Path top() const override { return site_.url; }
  std::string remedy() const override;
  Result<Root> root() override;
  bool is_current(const Digest& root) override;
  Result<std::string> read(const std::string& file, const Digest& digest, std::uint64_t limit) override;
  Result<Path> manifest(const IndexedVersion& version) override;
  Result<Path> folder(const IndexedVersion& version) override;
  Status check(const IndexedVersion& version, ContentDigests& digests) override;

  // What `root` had to do without, for people.
  const std::vector<std::string>& notes() const { return notes_; }
  // Asks for all of the root now, however old the known one is. The value: whether it is another one.
  Result<bool> refresh();

 private:
  struct Copy {
    Digest digest;
    std::string etag;
    std::string last_modified;
    std::int64_t checked_ns = 0;  // when the site said that this is its root
    std::int64_t failed_ns = 0;   // when it could not be asked, if that was later
  };

  // The known root, or why it may not be believed; nothing when there is none.
  Result<std::optional<Copy>> known_copy() const;
  std::optional<Copy> read_state() const;
  void write_state(const Copy& copy) const;
  bool is_recent(std::int64_t when_ns) const;
  Result<Copy> ask(const std::optional<Copy>& copy);
  Result<Copy> ask_for_all(const Result<std::optional<Copy>>& known);
  Result<fetch::Text> ask_for_root(const std::optional<Copy>& copy) const;
  Status believe(const std::string& root);
  fetch::Settings patience(bool has_copy) const;
  Result<Path> get(const archive::Blob& blob, const std::string& label) const;
  Result<archive::BlobFiles> get_all(const archive::Tree& tree, const std::string& label) const;
  fetch::Request request_for(const Source& source, std::string label) const;
  Source source_of(const std::string& file, const Digest& digest) const;

  Access access_;
  Site site_;
  PackageFolders folders_;
  Path root_file_;
  Path signature_file_;
  Path state_file_;
  Path lock_file_;
  std::vector<std::string> notes_;
  std::mutex mutex_;  // of asking for the root
};

}  // namespace reef::remote

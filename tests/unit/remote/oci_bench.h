#pragma once

#include "core/archive/tree_blobs.h"
#include "core/registry/index_json.h"
#include "core/registry/manifest_file.h"
#include "core/remote/oci_publish.h"
#include "core/remote/oci_registry.h"
#include "tests/support/oci_server.h"
#include "tests/unit/remote/site.h"

namespace reef::test {

using Texts = std::vector<std::string>;

// An OCI registry, packages to publish to it, and readers of it.
class OciRegistryBench {
 public:
  oci::Reference place() {
    return value(oci::Reference::parse_registry("oci://" + server.host() + "/team/packages"));
  }
  remote::OciSite site() { return {"lab", place(), guard}; }
  // reader: whose cache.
  remote::Access access(const std::string& reader = "cache") {
    remote::Access out{scratch.disk(), *processes_, *client_, clock, cancel_, {}};
    out.settings.cache = scratch / reader;
    out.settings.first_delay = std::chrono::milliseconds(1);
    out.settings.longest_delay = std::chrono::milliseconds(5);
    out.settings.retries = 2;
    out.settings.offline = offline;
    out.settings.env = {{"HOME", (scratch / "home").string()}};
    return out;
  }

  Path package(const std::string& name, const std::string& version, const std::string& more = "",
               const std::string& kind = "library") {
    const Path folder = fmt::format("packages/{}-{}", name, version);
    scratch.write(folder / "reef.json",
                  fmt::format(R"({{"reef": 1, "name": "{}", "version": "{}", "kind": "{}"{}}})", name,
                              version, kind, more));
    scratch.write(folder / "data/text", name + " " + version);
    scratch.write(folder / "data/run.sh", "#!/bin/sh\n", 0755);
    return scratch / folder;
  }

  Result<bool> publish(const Path& folder, const std::string& signature = "") {
    const Manifest manifest =
        value(load_manifest(scratch.disk(), value(find_manifest(scratch.disk(), folder))));
    const Path blobs = folder.string() + "-blobs";
    succeeds(make_folders(scratch.disk(), blobs));
    remote::OciPackage out;
    out.tree = value(archive::write_tree_blobs({folder, {}}, blobs, {}, scratch.disk()));
    out.version = indexed_version(
        manifest, {fmt::format("{}-{}/reef.json", manifest.name, manifest.version.text()), {}});
    out.version.digest = out.tree.digest;
    out.version.tree = tree_text(out.tree);
    out.files = [blobs](const archive::Blob& blob) -> Result<Path> {
      return archive::blob_file(blobs, blob.digest);
    };
    if (!signature.empty()) {
      out.key_id = key_id(signature);
      out.sign = [signature](std::string_view entry, const auto& /*there*/) -> Result<std::string> {
        return signature + " " + sha256(entry).hex();
      };
    }
    return remote::put_in_oci(access("publisher"), site(), out);
  }

  // Of the key that makes such signatures.
  static std::string key_id(const std::string& signature) {
    std::string out = sha256(signature).hex().substr(0, 16);
    for (char& c : out) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    return out;
  }

  Result<remote::OpenedOci> try_open(const std::string& reader = "cache") {
    return remote::open_oci_registry(access(reader), site(), scratch / reader / "registries");
  }
  std::unique_ptr<Registry> open(const std::string& reader = "cache") {
    return std::move(value(try_open(reader)).registry);
  }

  // What the registry says from now on is asked for again.
  void pass_a_minute() { clock.time += std::chrono::seconds(61); }

  // "GET path" of all requests since the last call, without the registry's prefix and the probe.
  Texts requests() {
    Texts out;
    const std::vector<std::string> all = server.seen();
    for (; seen_ < all.size(); ++seen_) {
      std::string line = all[seen_];
      if (line == "GET /v2/") continue;
      const std::string prefix = "/v2/team/packages/";
      if (const std::size_t at = line.find(prefix); at != std::string::npos) line.erase(at, prefix.size());
      out.push_back(line.substr(0, line.find("?n=")));
    }
    return out;
  }

  OciServer server;
  ScratchFolder scratch;
  SetClock clock;
  bool offline = false;
  std::shared_ptr<remote::EntryGuard> guard;

 private:
  std::unique_ptr<ProcessRunner> processes_ = make_process_runner();
  std::unique_ptr<HttpClient> client_ = make_http_client({});
  Cancellation cancel_;
  std::size_t seen_ = 0;
};

// Believes signatures that begin with a word.
struct WordGuard : remote::EntryGuard {
  explicit WordGuard(std::string word) : word_(std::move(word)) {}
  Status accept(const std::string& what, std::string_view entry,
                const std::optional<std::string>& signature) override {
    if (signature && *signature == word_ + " " + sha256(entry).hex()) return {};
    return make_error(ErrorCode::integrity, "{} is not signed well", what);
  }

 private:
  std::string word_;
};

}  // namespace reef::test

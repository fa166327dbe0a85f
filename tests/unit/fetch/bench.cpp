#include "tests/unit/fetch/bench.h"

#include <fmt/format.h>

#include <cstdlib>

namespace reef::test {

void Recorder::started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) {
  const std::scoped_lock lock(mutex);
  events.push_back(fmt::format("{} started {} {}", id, label, total ? std::to_string(*total) : "?"));
}
void Recorder::advanced(std::size_t, std::uint64_t more) { bytes += more; }
void Recorder::finished(std::size_t id, bool ok) {
  const std::scoped_lock lock(mutex);
  events.push_back(fmt::format("{} {}", id, ok ? "finished" : "failed"));
}

Bench::Bench() {
  root =
      TemporaryFolder::create(*fs, std::filesystem::temp_directory_path(), "reef fetch ü ").value().release();
  root = fs->real_path(root).value();
  (void)fs->make_folder(package());
  settings.cache = root / "cache";
  settings.retries = 2;
  settings.first_delay = std::chrono::milliseconds(1);
  settings.longest_delay = std::chrono::milliseconds(200);
  settings.stall_timeout = std::chrono::seconds(20);  // the machine may be busy
  settings.connect_timeout = std::chrono::seconds(20);
  const char* path = std::getenv("PATH");
  settings.env = {{"PATH", path == nullptr ? "" : path}, {"HOME", root.string()}};
}

Bench::~Bench() { (void)remove_tree(*fs, root); }

Result<std::vector<fetch::Fetched>> Bench::fetch_all(const std::vector<Source>& sources) {
  std::vector<fetch::Request> requests;
  for (const Source& source : sources) requests.push_back({&source, package()});
  return fetch::fetch_all(requests, settings, *fs, *runner, *client, *clock, progress, cancel);
}

Result<fetch::Fetched> Bench::fetch(const Source& source) {
  TRY(std::vector<fetch::Fetched> all, fetch_all({source}));
  return std::move(all.front());
}

std::string Bench::error_of(const Source& source) {
  const auto fetched = fetch(source);
  return fetched ? "fetched" : render(fetched.error());
}

void Bench::write(const Path& path, const std::string& bytes, std::uint32_t mode) {
  (void)make_folders(*fs, path.parent_path());
  (void)fs->write_file(path, bytes, false);
  (void)fs->set_mode(path, mode);
}

std::vector<std::string> Bench::cached() {
  std::vector<std::string> names;
  const Path downloads = settings.cache / "downloads";
  if (!exists(*fs, downloads)) return names;
  const std::vector<TreeEntry> entries = walk(*fs, downloads).value();
  for (const TreeEntry& entry : entries)
    if (entry.stat.type == FileType::file && !entry.path.starts_with("locks/") &&
        !entry.path.ends_with(".json"))
      names.push_back(entry.path);
  return names;
}

Source url_source(const std::string& url, const std::string& body, bool with_size) {
  Source source;
  source.kind = SourceKind::url;
  source.location = url;
  source.sha256 = sha256(body);
  if (with_size) source.size = body.size();
  return source;
}

Source path_source(const std::string& path) {
  Source source;
  source.kind = SourceKind::path;
  source.location = path;
  return source;
}

}  // namespace reef::test

#include "core/ops/init.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/manifest.h"
#include "core/ops/templates.h"

namespace reef::ops {
namespace {

constexpr std::string_view kNameMark = "@NAME@";

struct File {
  Path path;
  std::string text;
};

// What an `init` makes; taken away again unless it is kept, so that a full disk leaves nothing that stands in
// the way of the next one.
class Making {
 public:
  explicit Making(Filesystem& fs) : fs_(fs) {}
  ~Making() {
    for (auto file = files_.rbegin(); file != files_.rend(); ++file) (void)fs_.remove_file(*file);
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder)
      (void)fs_.remove_folder(*folder);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  Status folder(const Path& path) {
    std::vector<Path> missing;
    for (Path each = path; each.has_relative_path() && !exists(fs_, each); each = each.parent_path())
      missing.push_back(each);
    folders_.insert(folders_.end(), missing.rbegin(), missing.rend());
    return make_folders(fs_, path);
  }
  Status file(const Path& path, std::string_view text) {
    TRY_STATUS(folder(path.parent_path()));
    files_.push_back(path);
    return write_atomic(fs_, path, text);
  }
  void keep() {
    files_.clear();
    folders_.clear();
  }

 private:
  Filesystem& fs_;
  std::vector<Path> files_;
  std::vector<Path> folders_;
};

std::string with_name(std::string_view text, const std::string& name) {
  std::string out(text);
  for (std::size_t at = out.find(kNameMark); at != std::string::npos;
       at = out.find(kNameMark, at + name.size()))
    out.replace(at, kNameMark.size(), name);
  return out;
}

std::vector<File> files_of(const std::string& kind, const std::string& name) {
  std::vector<File> out;
  for (const EmbeddedFile& file : package_templates())
    if (file.path.starts_with(kind + "/"))
      out.push_back({Path(file.path.substr(kind.size() + 1)), with_name(file.text, name)});
  return out;
}

// "My Model" -> "my-model"; empty when nothing is left.
std::string nearest_valid_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper || plain)
      out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

Result<std::string> name_for(const InitRequest& request) {
  const std::string text = request.name.empty() ? request.folder.filename().string() : request.name;
  Result<std::string> name = parse_package_name(text);
  if (name) return name;
  const std::string valid = nearest_valid_name(text);
  return make_error(ErrorCode::usage, "{}", name.error().message())
      .hint(fmt::format("say `--name {}`", valid.empty() ? "NAME" : valid));
}

// A package whose name is that of one it needs would need itself.
Status check_name(const std::vector<File>& files, const std::string& name) {
  for (const File& file : files) {
    if (file.path != "reef.json") continue;
    json::Problems problems;
    for (const Dependency& dependency : parse_manifest("reef.json", file.text, problems).dependencies)
      if (dependency.package == name)
        return make_error(ErrorCode::usage, "the package cannot be called `{0}`: it needs the package `{0}`",
                          name)
            .hint(fmt::format("say `--name my-{}`", name));
  }
  return {};
}

Status nothing_in_the_way(Filesystem& fs, const Path& folder, const std::vector<File>& files) {
  std::vector<std::string> taken;
  for (const char* manifest : {"reef.json", "reef.yaml"})
    if (fs.stat(folder / manifest, false)) taken.emplace_back(manifest);
  for (const File& file : files)
    if (file.path != "reef.json" && fs.stat(folder / file.path, false)) taken.push_back(file.path.string());
  if (taken.empty()) return {};
  return make_error(ErrorCode::usage, "{} {} already there, and `reef init` overwrites nothing",
                    quoted_list(taken, "and"), taken.size() == 1 ? "is" : "are")
      .hint("name a new folder: `reef init FOLDER`");
}

}  // namespace

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : package_templates()) {
    std::string name(file.path.substr(0, file.path.find('/')));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

Result<Initialised> init(Filesystem& fs, const InitRequest& request) {
  const std::vector<std::string> kinds = template_names();
  if (std::find(kinds.begin(), kinds.end(), request.kind) == kinds.end()) {
    Failure error = make_error(ErrorCode::usage, "`--template` needs {}, got `{}`", quoted_list(kinds),
                               printable(request.kind));
    if (auto hint = did_you_mean(request.kind, kinds)) return std::move(error).hint(*hint);
    return error;
  }
  TRY(const std::string name, name_for(request));
  const std::vector<File> files = files_of(request.kind, name);
  TRY_STATUS(check_name(files, name));
  TRY_STATUS(nothing_in_the_way(fs, request.folder, files));
  Initialised out{name, {}};
  Making making(fs);
  TRY_STATUS(making.folder(request.folder));
  for (const File& file : files) {
    if (file.path == "reef.json")
      continue;  // the last one: an interrupted `init` can be repeated in another folder
    TRY_STATUS(making.file(request.folder / file.path, file.text));
    out.files.push_back(file.path);
  }
  for (const File& file : files) {
    if (file.path != "reef.json") continue;
    TRY_STATUS(making.file(request.folder / file.path, file.text));
    out.files.insert(out.files.begin(), file.path);
  }
  making.keep();
  return out;
}

}  // namespace reef::ops

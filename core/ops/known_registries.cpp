#include "core/ops/known_registries.h"

#include <algorithm>

#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/os/lock.h"

namespace reef::ops {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20U;
constexpr std::size_t kLongestName = 40;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

Result<std::string> parse_commit(std::string_view text) {
  if (text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos)
    return std::string(text);
  return make_error(ErrorCode::invalid_input, "expected 40 hexadecimal digits, got `{}`", printable(text));
}

json::Value to_json(const KnownRegistry& registry) {
  json::Value out = {{"name", registry.name}, {"location", registry.location.text()}};
  if (registry.location.kind == LocationKind::git) out["commit"] = registry.commit;
  if (!registry.ref.empty()) out["ref"] = registry.ref;
  if (registry.priority != 0) out["priority"] = registry.priority;
  if (!registry.prefixes.empty()) out["prefixes"] = registry.prefixes;
  for (const PublicKey& key : registry.keys) out["keys"].push_back(key.base64());
  if (registry.accepted)
    out["accepted"] = {{"root", registry.accepted->root.hex()},
                       {"key", registry.accepted->key_id},
                       {"signed", format_time(registry.accepted->signed_at)}};
  return out;
}

AcceptedRoot read_accepted(const json::Node& node) {
  json::Reader reader(node);
  AcceptedRoot out;
  reader.require("root", out.root, &Digest::parse);
  reader.require("key", out.key_id);
  reader.require("signed", out.signed_at, &parse_time);
  reader.done();
  return out;
}

KnownRegistry read_registry(const json::Node& node) {
  json::Reader reader(node);
  KnownRegistry out;
  reader.require("name", out.name, &parse_registry_name);
  reader.require("location", out.location, &parse_location);
  if (out.location.kind == LocationKind::git) reader.require("commit", out.commit, &parse_commit);
  reader.optional("ref", out.ref);
  reader.optional("priority", out.priority);
  reader.each_item("prefixes", [&](const json::Node& item) {
    std::string prefix;
    if (item.read(prefix, &parse_prefix)) out.prefixes.push_back(std::move(prefix));
  });
  reader.each_item("keys", [&](const json::Node& item) {
    PublicKey key;
    if (item.read(key, &read_public_key)) out.keys.push_back(key);
  });
  reader.with("accepted", false, [&](const json::Node& item) {
    out.accepted = read_accepted(item);
    return true;
  });
  reader.done();
  return out;
}

Failure unknown_registry(const std::string& name, const std::vector<KnownRegistry>& known) {
  std::vector<std::string> names;
  for (const KnownRegistry& each : known) names.push_back(each.name);
  Failure error = make_error(ErrorCode::not_found, "there is no registry `{}`", printable(name));
  if (auto hint = did_you_mean(name, names)) return std::move(error).hint(*hint);
  return std::move(error).hint("`reef registry list` lists them");
}

auto find_in(std::vector<KnownRegistry>& known, const std::string& name) {
  return std::find_if(known.begin(), known.end(),
                      [&](const KnownRegistry& each) { return each.name == name; });
}

}  // namespace

Result<std::string> parse_registry_name(std::string_view text) {
  const std::string allowed = std::string(kLettersAndDigits) + "-";
  const bool good = !text.empty() && text.size() <= kLongestName &&
                    kLetters.find(text.front()) != std::string_view::npos &&
                    text.find_first_not_of(allowed) == std::string_view::npos;
  if (good) return std::string(text);
  return make_error(
      ErrorCode::usage,
      "`{}` cannot be the name of a registry: use a letter, then lower-case letters, digits and `-`",
      printable(text));
}

Result<std::string> parse_prefix(std::string_view text) {
  const std::string allowed = std::string(kLettersAndDigits) + "_.+-";
  const bool good = !text.empty() && text.size() < 100 && allowed.find(text.front()) < 36 &&
                    text.find_first_not_of(allowed) == std::string_view::npos;
  if (good) return std::string(text);
  return make_error(ErrorCode::usage, "no name of a package begins with `{}`", printable(text))
      .hint("a prefix is the start of names, such as `acme-`");
}

Result<std::vector<KnownRegistry>> KnownRegistries::list() const {
  Result<std::string> text = fs_->read_file(file(), kLargestFile);
  std::vector<KnownRegistry> out;
  if (!text && text.error().code() == ErrorCode::not_found) return out;
  if (!text) return tl::make_unexpected(text.error());
  TRY(const json::Document document, json::parse(file().string(), *std::move(text)));
  json::Problems problems;
  const json::Node node(document, problems);
  json::Reader reader(node);
  std::int64_t format = 0;
  if (reader.require("format", format) && format != kFormat)
    return make_error(ErrorCode::invalid_input, "`{}` has format {}, this program reads {}", file().string(),
                      format, kFormat)
        .hint("a newer reef may read it");
  reader.each_item("registries", [&](const json::Node& item) {
    KnownRegistry registry = read_registry(item);
    if (find_in(out, registry.name) != out.end()) item.problem("another registry has this name");
    out.push_back(std::move(registry));
  });
  reader.done();
  // Never half of it: a prefix that is not read would let another registry have its names.
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  std::stable_sort(out.begin(), out.end(),
                   [](const KnownRegistry& a, const KnownRegistry& b) { return a.priority > b.priority; });
  return out;
}

Result<KnownRegistry> KnownRegistries::find(const std::string& name) const {
  TRY(std::vector<KnownRegistry> known, list());
  const auto found = find_in(known, name);
  if (found == known.end()) return unknown_registry(name, known);
  return *found;
}

template <class Change>
Status KnownRegistries::change(const Change& change) const {
  TRY_STATUS(make_folders(*fs_, home_.root / "locks"));
  TRY(const FileLock lock, FileLock::acquire(home_.root / "locks" / "registries.lock"));
  TRY(std::vector<KnownRegistry> known, list());
  TRY_STATUS(change(known));
  json::Value out = {{"format", kFormat}, {"registries", json::Value::array()}};
  for (const KnownRegistry& each : known) out["registries"].push_back(to_json(each));
  return write_atomic(*fs_, file(), json::write_sorted(out));
}

Status KnownRegistries::add(const KnownRegistry& registry) const {
  return change([&](std::vector<KnownRegistry>& known) -> Status {
    if (find_in(known, registry.name) != known.end())
      return make_error(ErrorCode::usage, "there is a registry `{}` already", registry.name)
          .hint(fmt::format("`reef registry remove {}` removes it", registry.name));
    known.push_back(registry);
    return {};
  });
}

Result<KnownRegistry> KnownRegistries::remove(const std::string& name) const {
  KnownRegistry out;
  TRY_STATUS(change([&](std::vector<KnownRegistry>& known) -> Status {
    const auto found = find_in(known, name);
    if (found == known.end()) return unknown_registry(name, known);
    out = std::move(*found);
    known.erase(found);
    return {};
  }));
  return out;
}

template <class Change>
Status KnownRegistries::change_one(const KnownRegistry& registry, const Change& change_it) const {
  return change([&](std::vector<KnownRegistry>& known) -> Status {
    const auto found = find_in(known, registry.name);
    if (found == known.end() || found->location != registry.location)
      return make_error(ErrorCode::busy, "the registry `{}` was changed meanwhile", registry.name)
          .hint("run the same again");
    return change_it(*found);
  });
}

Status KnownRegistries::set_commit(const KnownRegistry& registry, const std::string& commit) const {
  return change_one(registry, [&](KnownRegistry& known) -> Status {
    known.commit = commit;
    return {};
  });
}

Status KnownRegistries::set_accepted(const KnownRegistry& registry, const AcceptedRoot& accepted) const {
  return change_one(registry, [&](KnownRegistry& known) -> Status {
    if (known.accepted && known.accepted->signed_at > accepted.signed_at)
      return make_error(ErrorCode::integrity, "a newer root of the registry `{}` was accepted meanwhile",
                        registry.name)
          .hint("run the same again");
    known.accepted = accepted;
    return {};
  });
}

}  // namespace reef::ops

#include <algorithm>

#include "core/base/text.h"
#include "core/base/url.h"
#include "core/model/manifest_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;

std::string shown(std::string_view address) { return with_logins_hidden(printable(address)); }

Status refuse_blanks(std::string_view address) {
  if (address.find_first_of(" \t\r\n") == std::string_view::npos) return {};
  return make_error(ErrorCode::invalid_input, "an address has no blanks, got `{}`", shown(address))
      .hint("write a space as `%20`");
}

// Manifests are packed, published and shown. ssh's user names are no secrets.
Status refuse_logins(std::string_view address) {
  if (without_credentials(address) == address) return {};
  if (address.starts_with("ssh://") && split_url(address).userinfo.find(':') == std::string::npos) return {};
  return make_error(ErrorCode::invalid_input,
                    "the address holds a user name or password, which all would see who get the package")
      .hint("leave it out; what only some may fetch is fetched by other means and named as a `path`");
}

Result<std::string> parse_url(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://", "file://"}) {
    if (!text.starts_with(scheme) || text.size() == scheme.size()) continue;
    TRY_STATUS(refuse_blanks(text));
    TRY_STATUS(refuse_logins(text));
    return std::string(text);
  }
  return make_error(ErrorCode::invalid_input,
                    "expected an address with `https://`, `http://` or `file://`, got `{}`", shown(text));
}

Result<std::string> parse_commit(std::string_view text) {
  const bool hexadecimal = text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (text.size() == 40 && hexadecimal) return std::string(text);
  return make_error(ErrorCode::invalid_input, "expected a commit of 40 hexadecimal digits, got `{}`",
                    shown(text))
      .hint("names of branches and tags can move: `git rev-parse NAME` prints the commit");
}

Result<std::string> parse_integrity(std::string_view text) {
  TRY([[maybe_unused]] const bool matches, matches_integrity("", text));
  return std::string(text);
}

// npm's own names: `name` or `@scope/name`.
Result<std::string> parse_npm_name(std::string_view text) {
  const std::string_view rest = text.starts_with('@') ? text.substr(1) : text;
  const auto slashes = std::count(rest.begin(), rest.end(), '/');
  const bool form =
      !rest.empty() && rest.front() != '/' && rest.back() != '/' && rest.front() != '.' &&
      slashes == (text.starts_with('@') ? 1 : 0) &&
      rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_./") == std::string_view::npos;
  if (form) return std::string(text);
  return make_error(ErrorCode::invalid_input, "`{}` is not the name of an npm package", shown(text));
}

Result<std::string> parse_git_address(std::string_view text) {
  TRY_STATUS(refuse_blanks(text));
  TRY_STATUS(refuse_logins(text));
  if (text.empty() || text.front() == '-')
    return make_error(ErrorCode::invalid_input, "`{}` is not the address of a git repository", shown(text));
  return std::string(text);
}

void read_unpack(Reader& reader, Source& source) {
  reader.optional("unpack", source.unpack);
  reader.with("strip", false, [&](const Node& item) {
    std::int64_t strip = 0;
    if (!read_count(item, strip, 0)) return false;
    if (!source.unpack) {
      item.key_problem("`strip` needs `unpack`");
      return false;
    }
    source.strip = static_cast<std::size_t>(strip);
    return true;
  });
}

void read_digest(Reader& reader, Source& source) {
  reader.with("sha256", false, [&](const Node& item) {
    Digest digest;
    if (!item.read(digest, &Digest::parse)) return false;
    source.sha256 = digest;
    return true;
  });
  reader.with("size", false, [&](const Node& item) {
    std::int64_t size = 0;
    if (!read_count(item, size, 0)) return false;
    source.size = static_cast<std::uint64_t>(size);
    return true;
  });
}

void read_url_source(Reader& reader, Source& source) {
  reader.require("url", source.location, &parse_url);
  reader.each_item("mirrors",
                   [&](const Node& item) { item.read(source.mirrors.emplace_back(), &parse_url); });
  if (!reader.has("sha256"))
    reader.node().problem("missing key `sha256`, without which nobody can tell what was fetched",
                          {"`sha256sum FILE` prints it"});
  read_digest(reader, source);
  read_unpack(reader, source);
}

void read_by_kind(Reader& reader, Source& source) {
  switch (source.kind) {
    case SourceKind::path:
      reader.require("path", source.location, &parse_inner_path);
      read_digest(reader, source);
      return read_unpack(reader, source);
    case SourceKind::url:
      return read_url_source(reader, source);
    case SourceKind::git:
      reader.require("git", source.location, &parse_git_address);
      reader.require("commit", source.commit, &parse_commit);
      return;
    case SourceKind::npm: {
      Version version;
      reader.require("npm", source.location, &parse_npm_name);
      if (reader.require("version", version, &Version::parse)) source.version = version.text();
      reader.require("integrity", source.integrity, &parse_integrity);
      return;
    }
  }
}

void check_not_excluded(const Node& node, const Exclude& exclude, const Source& source) {
  const std::string* pattern = exclude.reason_for(normal_inner_path(source.location));
  if (pattern == nullptr) return;
  node.problem(fmt::format("the source `{}` is left out by `{}` in `exclude`", printable(source.location),
                           printable(*pattern)));
}

}  // namespace

Source read_source(const Context& context, const Node& node, const Exclude& exclude) {
  Source source;
  source.place = context.places.of(node);
  Reader reader(node);
  if (!node.value().is_object()) return source;
  std::vector<std::string> kinds;
  for (const SourceKind kind : {SourceKind::path, SourceKind::url, SourceKind::git, SourceKind::npm}) {
    if (!node.value().contains(name_of(kind))) continue;
    source.kind = kind;
    kinds.emplace_back(name_of(kind));
  }
  if (kinds.size() != 1) {
    node.problem(kinds.empty()
                     ? "expected a source with `path`, `url`, `git` or `npm`"
                     : fmt::format("expected one kind of source, got {}", quoted_list(kinds, "and")));
    return source;
  }
  read_by_kind(reader, source);
  if (source.kind == SourceKind::path) check_not_excluded(node, exclude, source);
  reader.with("to", false, [&](const Node& item) { return read_path(item, source.to); });
  reader.with("when", false, [&](const Node& item) {
    source.when = read_condition(context, item);
    return true;
  });
  reader.done();
  return source;
}

}  // namespace reef

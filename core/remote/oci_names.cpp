#include "core/remote/oci_names.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/model/manifest.h"
#include "core/oci/reference.h"

namespace reef::remote {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += is_word(c) || c == '-' ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_word(text[i]) || text[i] == '-') {
      out.push_back(text[i]);
      continue;
    }
    unsigned value = 0;
    const char* begin = text.data() + i + 1;
    if (text[i] != '_' || i + 2 >= text.size() ||
        std::from_chars(begin, begin + 2, value, 16).ptr != begin + 2)
      return std::nullopt;
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  // One name has one tag.
  if (escaped(out) != text || !parse_package_name(out)) return std::nullopt;
  return out;
}

}  // namespace

std::string component_of(std::string_view package) {
  std::string out;
  for (std::size_t i = 0; i < package.size(); ++i) {
    const char c = package[i];
    const bool alone = i > 0 && i + 1 < package.size() && is_word(package[i - 1]) && is_word(package[i + 1]);
    const bool plain = is_word(c) || (c != '+' && alone);
    out += plain ? std::string(1, c) : fmt::format("__x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string below(std::string_view prefix, std::string_view component) {
  return fmt::format("{}{}{}", prefix, prefix.empty() ? "" : "/", component);
}

Result<std::string> repository_of(std::string_view prefix, std::string_view package) {
  if (package == kNamesRepository)
    return make_error(ErrorCode::invalid_input, "a package of an OCI registry cannot be called `{}`", package)
        .hint("that is where the registry keeps the names of all packages: give it another name");
  std::string out = below(prefix, component_of(package));
  TRY_STATUS(oci::check_repository(out));
  return out;
}

std::string version_tag(std::string_view version) {
  std::string out(version);
  std::replace(out.begin(), out.end(), '+', '_');
  return out;
}

std::string version_of_tag(std::string_view tag) {
  std::string out(tag);
  std::replace(out.begin(), out.end(), '_', '+');
  return out;
}

std::string old_signature_tag(std::string_view version) { return fmt::format("minisig.{}", version); }

std::string signature_tag(std::string_view version, std::string_view key_id) {
  return fmt::format("{}.{}", old_signature_tag(version), key_id);
}

std::string archive_signature_tag(const Digest& manifest) {
  return fmt::format("sha256-{}.minisig", manifest.hex());
}

std::vector<std::string> signature_tags(const std::set<std::string>& tags, std::string_view version) {
  std::vector<std::string> out;
  const std::string old = old_signature_tag(version);
  if (tags.contains(old)) out.push_back(old);
  for (auto tag = tags.lower_bound(old + "."); tag != tags.end() && tag->starts_with(old + "."); ++tag)
    if (tag->size() == old.size() + 1 + kKeyIdDigits &&
        tag->find_first_not_of("0123456789ABCDEF", old.size() + 1) == std::string::npos)
      out.push_back(*tag);
  return out;
}

bool is_version_tag(std::string_view tag) { return !tag.empty() && tag.front() >= '0' && tag.front() <= '9'; }

Result<std::string> tag_of(const NameTag& tag) {
  std::string out = escaped(tag.name);
  if (tag.kind == NameTag::Kind::name) out = "n." + out;
  if (tag.kind == NameTag::Kind::tool) out = "t." + out;
  if (tag.kind == NameTag::Kind::capability) out = fmt::format("c.{}.{}", escaped(tag.capability), out);
  if (out.size() <= oci::kLongestTag) return out;
  if (tag.kind == NameTag::Kind::capability)
    return make_error(
        ErrorCode::invalid_input,
        "`{}` and its capability `{}` have names that are together too long for an OCI registry", tag.name,
        tag.capability);
  return make_error(ErrorCode::invalid_input, "the name `{}` is too long for an OCI registry", tag.name);
}

std::optional<NameTag> read_name_tag(std::string_view tag) {
  constexpr std::string_view kKinds = "ntc";
  const std::size_t kind = tag.size() > 2 && tag[1] == '.' ? kKinds.find(tag[0]) : std::string_view::npos;
  if (kind == std::string_view::npos) return std::nullopt;
  NameTag out;
  out.kind = static_cast<NameTag::Kind>(kind);
  std::string_view rest = tag.substr(2);
  if (out.kind == NameTag::Kind::capability) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto capability = unescaped(rest.substr(0, dot));
    if (!capability) return std::nullopt;
    out.capability = *capability;
    rest = rest.substr(dot + 1);
  }
  const auto name = unescaped(rest);
  if (!name) return std::nullopt;
  out.name = *name;
  return out;
}

}  // namespace reef::remote

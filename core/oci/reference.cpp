#include "core/oci/reference.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/text.h"

namespace reef::oci {
namespace {

struct Scheme {
  std::string_view written;
  std::string_view used;
};
constexpr std::array<Scheme, 3> kSchemes{
    {{"oci://", ""}, {"oci+http://", "http"}, {"oci+https://", "https"}}};
// Of host and repository together: what the reference implementation of a registry accepts.
constexpr std::size_t kLongestName = 255;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// What was written, as it may be shown: nobody's password.
std::string shown(std::string_view text) {
  const std::size_t begin = text.find("://") + 3;
  const std::size_t end = std::min(text.find('/', begin), text.size());
  const std::size_t at = text.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return printable(text);
  return printable(std::string(text.substr(0, begin)) + std::string(text.substr(at + 1)));
}

Failure wrong(std::string_view text, std::string_view why) {
  return make_error(ErrorCode::invalid_input, "`{}` is no reference to a registry: {}", shown(text), why);
}

bool is_port(std::string_view port) {
  constexpr std::size_t kMostDigits = 5;
  constexpr int kLargest = 65535;
  if (port.empty() || port.size() > kMostDigits || !std::all_of(port.begin(), port.end(), is_digit))
    return false;
  const int number = std::stoi(std::string(port));
  return number > 0 && number <= kLargest;
}

// `host` and `host:port`; IPv6 addresses in brackets.
bool is_host(std::string_view host) {
  std::size_t end = 0;
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const std::string_view address = host.substr(1, end - 1);
    const auto is_part = [](char c) {
      return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
    };
    if (!std::all_of(address.begin(), address.end(), is_part)) return false;
    ++end;
  } else {
    end = std::min(host.find(':'), host.size());
    const std::string_view name = host.substr(0, end);
    const auto is_part = [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_part)) return false;
    if (name.front() == '.' || name.front() == '-' || name.find("..") != std::string_view::npos) return false;
  }
  return end == host.size() || (host[end] == ':' && is_port(host.substr(end + 1)));
}

// One name between slashes: [a-z0-9]+ with one of `.`, `_`, `__` or any number of `-` between.
bool is_component(std::string_view name) {
  const auto is_word = [](char c) { return is_lower(c) || is_digit(c); };
  if (name.empty() || !is_word(name.front()) || !is_word(name.back())) return false;
  for (std::size_t i = 0; i < name.size();) {
    if (is_word(name[i])) {
      ++i;
      continue;
    }
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(name.begin() + static_cast<std::ptrdiff_t>(i), name.end(), is_word) - name.begin());
    const std::string_view separator = name.substr(i, end - i);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end;
  }
  return true;
}

struct Cut {
  std::string_view rest;
  std::string_view host;
  std::string_view scheme;
};

Result<Cut> cut_host(std::string_view text) {
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& each) { return text.starts_with(each.written); });
  if (scheme == kSchemes.end()) return wrong(text, "it does not begin with `oci://`");
  std::string_view rest = text.substr(scheme->written.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const Cut cut{rest.substr(std::min(slash + 1, rest.size())), rest.substr(0, slash), scheme->used};
  if (cut.host.find('@') != std::string_view::npos)
    return wrong(text, "it holds a user name or a password")
        .hint("leave them out: they are taken from the environment, or from the file of `podman login`");
  if (!is_host(lower_case(cut.host))) return wrong(text, "it names no host, or no port between 1 and 65535");
  return cut;
}

}  // namespace

bool is_reference(std::string_view text) {
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](const Scheme& each) { return text.starts_with(each.written); });
}

Status check_repository(std::string_view name) {
  const std::vector<std::string> parts = split(name, '/');
  const auto bad =
      std::find_if(parts.begin(), parts.end(), [](const std::string& part) { return !is_component(part); });
  if (name.size() > kLongestName)
    return make_error(ErrorCode::invalid_input, "the repository has {} bytes, more than {}", name.size(),
                      kLongestName);
  if (bad == parts.end()) return {};
  Failure failure = make_error(ErrorCode::invalid_input, "`{}` is no name of a repository", printable(name));
  if (lower_case(name) != name && check_repository(lower_case(name)))
    return std::move(failure).hint(fmt::format("registries want lower case: `{}`", lower_case(name)));
  return std::move(failure).hint(
      "names between slashes are lower-case letters and digits, with `.`, `_` or `-` between");
}

Status check_tag(std::string_view tag) {
  const auto is_word = [](char c) { return is_letter(c) || is_digit(c) || c == '_'; };
  const auto is_part = [&](char c) { return is_word(c) || c == '.' || c == '-'; };
  if (!tag.empty() && tag.size() <= kLongestTag && is_word(tag.front()) &&
      std::all_of(tag.begin(), tag.end(), is_part))
    return {};
  return make_error(ErrorCode::invalid_input, "`{}` is no tag: up to {} letters, digits, `_`, `.` and `-`",
                    printable(tag.substr(0, kLongestTag)), kLongestTag);
}

Result<Reference> Reference::parse(std::string_view text) {
  TRY(const Cut cut, cut_host(text));
  Reference out;
  out.scheme = cut.scheme;
  out.host = lower_case(cut.host);
  std::string_view name = cut.rest;
  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    const std::string_view digest = name.substr(at + 1);
    const Result<Digest> parsed = Digest::parse(digest);
    if (!digest.starts_with("sha256:") || !parsed)
      return wrong(text, "after the `@` belongs `sha256:` and 64 hexadecimal digits");
    out.digest = *parsed;
    name = name.substr(0, at);
  }
  if (const std::size_t colon = name.rfind(':'); colon != std::string_view::npos) {
    out.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (const Status status = check_tag(out.tag); !status) return wrong(text, status.error().message());
  }
  out.repository = name;
  if (name.empty())
    return wrong(text, "it names no repository").hint(fmt::format("`oci://{}/NAME:TAG`", out.host));
  if (Status status = check_repository(name); !status) {
    Error error = wrong(text, status.error().message()).take();
    for (const std::string& hint : status.error().hints()) error = std::move(error).hint(hint);
    return tl::make_unexpected(std::move(error));
  }
  return out;
}

Result<Reference> Reference::parse_registry(std::string_view text) {
  TRY(const Cut cut, cut_host(text));
  Reference out;
  out.scheme = cut.scheme;
  out.host = lower_case(cut.host);
  out.repository = cut.rest;
  while (out.repository.ends_with('/')) out.repository.pop_back();
  if (out.repository.find_first_of(":@") != std::string::npos)
    return wrong(text, "a registry has no tag and no digest");
  if (!out.repository.empty()) TRY_STATUS(check_repository(out.repository));
  return out;
}

std::string Reference::place() const {
  const std::string_view written = scheme.empty()     ? kSchemes[0].written
                                   : scheme == "http" ? kSchemes[1].written
                                                      : kSchemes[2].written;
  return fmt::format("{}{}{}{}", written, host, repository.empty() ? "" : "/", repository);
}

std::string Reference::text() const {
  std::string out = place();
  if (!tag.empty()) out += ":" + tag;
  if (digest) out += "@sha256:" + digest->hex();
  return out;
}

std::string Reference::wanted() const { return digest ? "sha256:" + digest->hex() : tag; }

}  // namespace reef::oci

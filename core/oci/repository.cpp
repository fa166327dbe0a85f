#include "core/oci/repository.h"

#include <algorithm>
#include <set>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/url.h"
#include "core/oci/answers.h"

namespace reef::oci {
namespace {

constexpr std::size_t kLargestTagsPage = std::size_t{16} << 20U;
constexpr std::size_t kMostPages = 2000;
constexpr const char* kAccepted =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

// The digest that an answer claims; nothing when it claims none that we can compute.
std::optional<Digest> claimed_digest(const HttpHead& head) {
  const std::string text = head.header("docker-content-digest");
  if (!text.starts_with("sha256:")) return std::nullopt;
  const Result<Digest> digest = Digest::parse(text);
  return digest ? std::optional(*digest) : std::nullopt;
}

// The path and the query of the address of a page: it is asked of the same registry, whatever host a proxy
// before it believes to be. Empty when there is none.
std::string path_of(const std::string& address) {
  if (address.starts_with('/') && !address.starts_with("//")) return address;
  const UrlParts parts = split_url(address);
  return parts.query.empty() ? parts.path : parts.path + "?" + parts.query;
}

std::string without_parameters(const std::string& type) {
  return std::string(trim(type.substr(0, type.find(';'))));
}

}  // namespace

std::string Repository::text() const {
  Reference place = remote_->place();
  place.repository = name_;
  return place.place();
}

std::string Repository::path(std::string_view kind, std::string_view rest) const {
  return fmt::format("/v2/{}/{}/{}", name_, kind, rest);
}

Result<std::optional<Repository::Found>> Repository::find_manifest(const std::string& wanted) {
  const std::string shown = fmt::format("{}{}{}", text(), wanted.starts_with("sha256:") ? "@" : ":", wanted);
  const std::string doing = fmt::format("read the manifest of `{}`", shown);
  Call call{reading(), path("manifests", wanted)};
  call.headers = {{"Accept", kAccepted}};
  TRY(HttpDocument answer, remote_->ask(call, doing, kLargestManifest));
  const HttpHead& head = answer.response.head;
  if (head.status == 404) return std::optional<Found>();
  if (head.status != 200) return tl::make_unexpected(remote_->error_of(reading(), doing, answer));
  Found found{std::move(answer.body), without_parameters(head.header("content-type")), {}};
  found.digest = sha256(found.text);
  const std::optional<Digest> claimed = claimed_digest(head);
  const std::optional<Digest> asked =
      wanted.starts_with("sha256:") ? std::optional(Digest::parse(wanted).value_or(Digest())) : std::nullopt;
  for (const std::optional<Digest>& expected : {asked, claimed})
    if (expected && *expected != found.digest)
      return make_error(ErrorCode::integrity,
                        "the manifest of `{}` is not what it should be: its SHA-256 is {}, expected {}",
                        shown, found.digest.hex(), expected->hex())
          .hint("the registry is damaged, or something between it and here changes answers");
  return std::optional<Found>(std::move(found));
}

Result<Repository::Found> Repository::manifest(const std::string& wanted) {
  TRY(std::optional<Found> found, find_manifest(wanted));
  if (!found) return tl::make_unexpected(no_manifest(wanted));
  return *std::move(found);
}

Error Repository::no_manifest(const std::string& wanted) {
  constexpr std::size_t kShown = 8;
  const Result<std::vector<std::string>> known = tags();
  const bool by_digest = wanted.starts_with("sha256:");
  if (known && known->empty())
    return make_error(ErrorCode::not_found,
                      "there is no `{}`: the registry `{}` has no such repository, or nothing in it", text(),
                      remote_->place().host)
        .take();
  Error error(ErrorCode::not_found,
              fmt::format("there is no {} `{}` in `{}`", by_digest ? "manifest" : "tag", wanted, text()));
  if (!known || by_digest) return error;
  if (const auto near = did_you_mean(wanted, *known)) return std::move(error).hint(*near);
  const std::size_t shown = std::min(known->size(), kShown);
  return std::move(error).hint(
      fmt::format("it has {}{}", quoted_list(std::span(*known).last(shown), "and"),
                  known->size() > shown ? fmt::format(", and {} more", known->size() - shown) : ""));
}

Status Repository::put_manifest(const std::string& tag, const std::string& manifest) {
  const std::string doing = fmt::format("push the manifest of `{}:{}`", text(), tag);
  if (manifest.size() > kLargestManifest)
    return make_error(ErrorCode::invalid_input, "cannot {}: it has {} bytes, and registries take {} at most",
                      doing, manifest.size(), kLargestManifest)
        .hint("it names too many files: pack very many large ones as one");
  Call call{writing(), path("manifests", tag), HttpMethod::put};
  call.headers = {{"Content-Type", std::string(kManifestType)}};
  call.body = HttpBody{manifest, {}, 0, 0};
  const Patience& patience = remote_->patience();
  HttpDocument answer;
  for (int n = 0;; ++n) {
    TRY(answer, remote_->ask(call, doing, kLargestAnswer));
    if (answer.response.head.status == 201) break;
    // No digest was sent that could be wrong: the registry looked at what it was writing for another client.
    if (reason_code(answer) != "DIGEST_INVALID" || n >= patience.retries)
      return tl::make_unexpected(remote_->error_of(writing(), doing, answer));
    TRY_STATUS(pause(remote_->access(), patience.first_delay * (n + 1)));
  }
  const std::optional<Digest> claimed = claimed_digest(answer.response.head);
  if (!claimed || *claimed == sha256(manifest)) return {};
  return make_error(ErrorCode::integrity,
                    "the registry `{}` keeps another manifest than it was sent: {}, expected {}",
                    remote_->place().host, claimed->hex(), sha256(manifest).hex());
}

Result<std::vector<std::string>> Repository::tags() {
  const std::string doing = fmt::format("list the tags of `{}`", text());
  std::vector<std::string> out;
  std::string address = path("tags", "list?n=1000");
  std::set<std::string> asked;
  while (!address.empty()) {
    TRY(const HttpDocument answer, remote_->ask({reading(), address}, doing, kLargestTagsPage));
    if (answer.response.head.status != 200) {
      Error error = remote_->error_of(reading(), doing, answer);
      if (error.code() == ErrorCode::not_found) return std::vector<std::string>();
      return tl::make_unexpected(std::move(error));
    }
    const auto document = json::parse("tags", answer.body);
    const bool is_list = document && document->root.is_object() && document->root.contains("tags");
    if (!is_list) return tl::make_unexpected(not_an_answer(doing, answer));
    const json::Value& tags = document->root.at("tags");
    if (!tags.is_array() && !tags.is_null()) return tl::make_unexpected(not_an_answer(doing, answer));
    for (const json::Value& tag : tags)
      if (tag.is_string() && check_tag(tag.get_ref<const std::string&>()))
        out.push_back(tag.get<std::string>());
    // Pages that only lead on, or in a circle, end here.
    if (out.size() > kMostTags || asked.size() >= kMostPages || !asked.insert(address).second)
      return make_error(ErrorCode::network, "cannot {}: it does not end ({} tags so far)", doing, out.size());
    const std::string next = parse_link(answer.response.head.all("link"), "next");
    address = path_of(next);
    if (address.empty() && !next.empty()) return tl::make_unexpected(not_an_answer(doing, answer));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<bool> Repository::has_blob(const Digest& digest) { return has_blob(digest, reading()); }

Result<bool> Repository::has_blob(const Digest& digest, const Scope& scope) {
  const std::string doing = fmt::format("ask whether `{}` has the blob {}", text(), digest.brief());
  Call call{scope, path("blobs", "sha256:" + digest.hex()), HttpMethod::head};
  TRY(const HttpDocument answer, remote_->ask(call, doing, kLargestAnswer));
  if (answer.response.head.status == 200) return true;
  if (answer.response.head.status == 404) return false;
  return tl::make_unexpected(remote_->error_of(scope, doing, answer));
}

Result<std::string> Repository::read_blob(const Descriptor& blob, const std::string& what,
                                          std::size_t limit) {
  const std::string doing = fmt::format("read {} from `{}`", what, text());
  if (blob.size > limit)
    return make_error(ErrorCode::integrity, "cannot {}: it has {} bytes, and at most {} are read", doing,
                      blob.size, limit);
  TRY(HttpDocument answer,
      remote_->ask({reading(), path("blobs", "sha256:" + blob.digest.hex())}, doing, limit));
  if (answer.response.head.status != 200)
    return tl::make_unexpected(remote_->error_of(reading(), doing, answer));
  if (sha256(answer.body) == blob.digest && answer.body.size() == blob.size) return std::move(answer.body);
  return tl::make_unexpected(wrong_bytes(what, blob, sha256(answer.body)));
}

Error Repository::wrong_bytes(const std::string& what, const Descriptor& blob, const Digest& got) const {
  return make_error(ErrorCode::integrity,
                    "{} from `{}` is not what it should be: its SHA-256 is {}, expected {}", what, text(),
                    got.hex(), blob.digest.hex())
      .hint(
          "the registry is damaged, or something between it and here changes answers; nothing of it was kept")
      .take();
}

}  // namespace reef::oci

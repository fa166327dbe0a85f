#include "core/fetch/part_file.h"

#include "core/base/json.h"

namespace reef::fetch {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

}  // namespace

Path PartFile::memory() const {
  Path out = path_;
  return out += ".json";
}

Status PartFile::open() {
  hash_ = Sha256();
  buffer_.clear();
  size_ = 0;
  if (!exists(fs_, path_)) return fs_.write_file(path_, "", false);
  return read_in_pieces(path_, [&](std::string_view bytes) {
    hash_.update(bytes);
    size_ += bytes.size();
    return Status();
  });
}

Status PartFile::start_over() {
  hash_ = Sha256();
  buffer_.clear();
  size_ = 0;
  forget();
  return fs_.write_file(path_, "", false);
}

Status PartFile::append(std::string_view bytes) {
  buffer_.append(bytes);
  hash_.update(bytes);
  size_ += bytes.size();
  return buffer_.size() < kPiece ? Status() : flush();
}

Status PartFile::flush() {
  if (buffer_.empty()) return {};
  const Status status = fs_.append_file(path_, buffer_);
  buffer_.clear();
  return status;
}

std::string PartFile::validator(const std::string& url) {
  constexpr std::uint64_t kLimit = std::uint64_t{64} << 10U;
  auto text = fs_.read_file(memory(), kLimit);
  if (!text) return "";
  const auto document = json::parse("", *std::move(text));
  if (!document || !document->root.is_object()) return "";
  const json::Value& root = document->root;
  if (root.value("format", json::Value()) != 1 || root.value("url", json::Value()) != url) return "";
  const auto found = root.find("validator");
  return found != root.end() && found->is_string() ? found->get<std::string>() : "";
}

Status PartFile::remember(const std::string& url, const std::string& validator) {
  const json::Value value = {{"format", 1}, {"url", url}, {"validator", validator}};
  return fs_.write_file(memory(), json::write_sorted(value), false);
}

void PartFile::forget() { (void)fs_.remove_file(memory()); }

}  // namespace reef::fetch

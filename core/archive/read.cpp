#include "core/archive/read.h"

#include <algorithm>
#include <deque>
#include <map>

#include "core/archive/frame_reader.h"
#include "core/archive/outline.h"
#include "core/archive/tree_reader.h"
#include "core/base/text.h"
#include "core/os/environment.h"

namespace reef::archive {
namespace {

constexpr std::size_t kReadPiece = std::size_t{1} << 20U;
constexpr std::size_t kMostReadAhead = 8;

// Bytes of a blob on their way to a hash and elsewhere: each piece is read once, so that nobody can change it
// between the check and the use.
class Piecewise {
 public:
  Piecewise(OuterReader& reader, const Cancellation* cancel, Workers& hasher)
      : reader_(reader), cancel_(cancel), hasher_(hasher) {}
  Piecewise(const Piecewise&) = delete;
  Piecewise& operator=(const Piecewise&) = delete;
  ~Piecewise() {
    for (const auto& each : hashing_) each.wait();
  }

  template <class Use>
  Result<Digest> read(std::uint64_t size, const Use& use) {
    for (std::uint64_t left = size; left > 0;) {
      if (cancel_ != nullptr) TRY_STATUS(cancel_->check());
      auto piece = std::make_shared<std::string>(std::min<std::uint64_t>(kReadPiece, left), '\0');
      TRY(const std::size_t got, reader_.read(*piece));
      left -= got;
      if (size <= kReadPiece)
        hash_.update(*piece);
      else
        hashing_.push_back(hasher_.submit([piece, this] { hash_.update(*piece); }));
      TRY_STATUS(use(piece));
      if (hashing_.size() <= kMostReadAhead) continue;
      hashing_.front().get();
      hashing_.pop_front();
    }
    for (auto& each : hashing_) each.get();
    hashing_.clear();
    TRY_STATUS(reader_.finish_member());
    return hash_.finish();
  }

 private:
  OuterReader& reader_;
  const Cancellation* cancel_;
  Workers& hasher_;
  Sha256 hash_;
  std::deque<std::future<void>> hashing_;
};

// Adds what was being read, unless that has been said.
Status while_reading(Status status, const std::string& title) {
  if (status) return status;
  const std::string text = fmt::format("reading `{}`", printable(title));
  const std::vector<std::string>& said = status.error().contexts();
  if (std::find(said.begin(), said.end(), text) != said.end()) return status;
  return with_context(std::move(status), text);
}

class Reading {
 public:
  Reading(InputStream& stream, const ReadOptions& options, Target target)
      : reader_(stream),
        options_(options),
        target_(std::move(target)),
        threads_(std::min(kMostThreads, options.threads > 0 ? options.threads : processor_count())),
        workers_(threads_),
        hasher_(1),
        writer_(1) {}

  Result<ArchiveRead> run() {
    TRY(Head head, read_head(reader_));
    out_.contents = std::move(head.contents);
    out_.config = std::move(head.config);
    out_.manifest = head.manifest;
    TRY_STATUS(check_ratio(out_.contents));
    TRY_STATUS(begin_trees());
    std::size_t next = 0;
    for (; next < head.layers.size() && head.layers[next].kind == BlobKind::text; ++next)
      TRY_STATUS(read_text(head.layers[next]));
    TRY_STATUS(finish_bare_trees());
    TRY_STATUS(end_of_head());
    for (; next < head.layers.size(); ++next) {
      const Layer& layer = head.layers[next];
      TRY_STATUS(
          while_reading(layer.kind == BlobKind::code ? read_code(layer) : read_raw(layer), layer.title));
    }
    TRY_STATUS(reader_.end());
    out_.bytes = reader_.offset();
    if (target_.fs != nullptr) TRY_STATUS(write_texts());
    return std::move(out_);
  }

 private:
  struct Place {
    std::string path;
    bool executable = false;
    std::string tree{};  // that it is in, and its path there
    std::string inner{};
  };

  Status begin_trees() {
    Status status;
    out_.contents.each_tree([&](const std::string& place, const Tree& tree) {
      if (!status) return;
      Target here = target_;
      here.folder = target_.folder / place;
      const ContentRule* rule = place.starts_with("packages/") ? &rules_[place] : nullptr;
      auto reader = std::make_unique<TreeReader>(tree, rule, std::move(here), workers_);
      status = reader->begin();
      for (const ApartFile& file : tree.apart)
        places_[file.blob.digest].push_back({place + "/" + file.path, file.executable, place, file.path});
      if (tree.layer)
        trees_[tree.layer->blob.digest].push_back(std::move(reader));
      else
        bare_trees_.emplace_back(place, std::move(reader));
    });
    for (const ArchivedSource& source : out_.contents.sources)
      if (source.blob) places_[source.blob->digest].push_back({source.place(), false});
    if (status && target_.fs != nullptr && !out_.contents.sources.empty())
      status = make_folders(*target_.fs, target_.folder / "sources");
    return status;
  }

  // After all texts: they say what the packages exclude.
  Status finish_bare_trees() {
    for (const auto& [place, reader] : bare_trees_) TRY_STATUS(while_reading(reader->finish(), place));
    return {};
  }

  Status write_file(const Place& place, std::string_view bytes) {
    if (target_.fs == nullptr) return {};
    const Path file = target_.folder / place.path;
    TRY_STATUS(target_.fs->write_file(file, bytes, false));
    return target_.fs->set_mode(file, place.executable ? 0755 : 0644);
  }

  const std::vector<Place>& places_of(const Layer& layer) {
    static const std::vector<Place> none;
    const auto found = places_.find(layer.blob.digest);
    return found == places_.end() ? none : found->second;
  }

  Status read_text(const Layer& layer) {
    TRY(std::string bytes, reader_.text(layer.blob, "`" + printable(layer.title) + "`"));
    for (const Place& place : places_of(layer)) {
      TRY_STATUS(write_file(place, bytes));
      if (rules_.contains(place.tree) && (place.inner == "reef.json" || place.inner == "reef.yaml"))
        rules_[place.tree] = ContentRule::of_text(place.inner, bytes);
    }
    if (layer.blob == out_.contents.lock) out_.lock = bytes;
    for (const ApartFile& file : out_.contents.root().tree.apart)
      if (file.blob == layer.blob && (file.path == "reef.json" || file.path == "reef.yaml"))
        out_.manifest_text = bytes;
    if (layer.blob == out_.contents.provenance) out_.provenance = std::move(bytes);
    return {};
  }

  // Layers begin where the contents say, after a padding member.
  Status end_of_head() {
    TRY_STATUS(reader_.expect(pad_path(reader_.offset()), "the padding of the head"));
    const std::uint64_t end = reader_.offset() + reader_.member_size();
    const std::uint64_t expected = head_size_of(out_.contents);
    if (end != expected)
      return make_error(ErrorCode::integrity, "the padding of the head ends at byte {}, expected {}", end,
                        expected);
    std::string piece(kHeadAlignment, '\0');
    for (std::uint64_t left = reader_.member_size(); left > 0;) {
      TRY(const std::size_t got, reader_.read(piece));
      left -= got;
      if (piece.find_first_not_of('\0') < got)
        return make_error(ErrorCode::integrity, "the padding of the head is not zero");
    }
    return reader_.finish_member();
  }

  // Of a file that stands apart.
  Status check_head(const std::vector<Place>& places, std::string_view head) const {
    for (const Place& place : places) {
      const auto rule = rules_.find(place.tree);
      if (rule == rules_.end()) continue;
      TRY_STATUS(TreeCheck(&rule->second).add_head(place.inner, head));
    }
    return {};
  }

  Status check_digest(const Layer& layer, const Digest& digest) {
    if (digest == layer.blob.digest) return {};
    return wrong_digest("`" + printable(layer.title) + "`", layer.blob.digest, digest);
  }

  Status read_raw(const Layer& layer) {
    const std::uint64_t header = header_size(layer.blob.size);
    TRY_STATUS(reader_.pad(kRawAlignment - header % kRawAlignment, kRawAlignment));
    TRY_STATUS(
        reader_.expect(blob_path(layer.blob.digest), "`" + printable(layer.title) + "`", layer.blob.size));
    const std::vector<Place>& places = places_of(layer);
    for (const Place& place : places) TRY_STATUS(write_file(place, ""));
    std::deque<std::future<Status>> writing;
    const auto take_first = [&]() -> Status {
      auto first = std::move(writing.front());
      writing.pop_front();
      return first.get();
    };
    Piecewise pieces(reader_, options_.cancel, hasher_);
    bool is_first = true;
    const auto use = [&](const std::shared_ptr<std::string>& piece) -> Status {
      if (std::exchange(is_first, false)) TRY_STATUS(check_head(places, *piece));
      if (places.empty() || target_.fs == nullptr) return {};
      writing.push_back(writer_.submit([&places, piece, this]() -> Status {
        for (const Place& place : places)
          TRY_STATUS(target_.fs->append_file(target_.folder / place.path, *piece));
        return {};
      }));
      return writing.size() > kMostReadAhead ? take_first() : Status();
    };
    const Result<Digest> digest = pieces.read(layer.blob.size, use);
    Status written;
    while (!writing.empty()) {
      Status status = take_first();
      if (written) written = std::move(status);
    }
    if (!digest) return tl::make_unexpected(digest.error());
    TRY_STATUS(written);
    return check_digest(layer, *digest);
  }

  Status read_code(const Layer& layer) {
    std::vector<std::unique_ptr<TreeReader>> readers = std::move(trees_[layer.blob.digest]);
    TRY_STATUS(
        reader_.expect(blob_path(layer.blob.digest), "`" + printable(layer.title) + "`", layer.blob.size));
    FrameReader frames(workers_, threads_ + 1, [&](const auto& contents) -> Status {
      for (const auto& reader : readers) TRY_STATUS(reader->add(contents));
      return {};
    });
    Piecewise pieces(reader_, options_.cancel, hasher_);
    TRY(const Digest digest, pieces.read(layer.blob.size, [&](const std::shared_ptr<std::string>& piece) {
      return frames.add(*piece);
    }));
    // A blob that was changed is named as that, not by what its bytes then seem to mean.
    TRY_STATUS(check_digest(layer, digest));
    TRY_STATUS(frames.finish());
    for (const auto& reader : readers) TRY_STATUS(reader->finish());
    return {};
  }

  Status write_texts() {
    Filesystem& fs = *target_.fs;
    const Path lock = target_.folder / out_.contents.root().place() / "reef.lock";
    for (const auto& [path, bytes] : {std::pair<Path, const std::string*>(lock, &out_.lock),
                                      {target_.folder / "archive.json", &out_.config},
                                      {target_.folder / "provenance.json", &out_.provenance}}) {
      TRY_STATUS(fs.write_file(path, *bytes, false));
      TRY_STATUS(fs.set_mode(path, 0644));
    }
    return {};
  }

  OuterReader reader_;
  const ReadOptions& options_;
  Target target_;
  unsigned threads_;
  ArchiveRead out_;
  std::map<std::string, ContentRule> rules_;     // of packages, by place; of their texts
  std::map<Digest, std::vector<Place>> places_;  // of files that stand apart, and of sources
  Workers workers_;
  Workers hasher_;
  Workers writer_;
  std::map<Digest, std::vector<std::unique_ptr<TreeReader>>>
      trees_;  // that wait for their layer; before workers
  std::vector<std::pair<std::string, std::unique_ptr<TreeReader>>> bare_trees_;  // that have none
};

template <class T>
Result<T> with_integrity(Result<T> result) {
  if (result) return result;
  return tl::make_unexpected(as_integrity(std::move(result).error()));
}

}  // namespace

Result<ArchiveRead> inspect_archive(InputStream& stream) {
  OuterReader reader(stream);
  TRY(Head head, read_head(reader));
  ArchiveRead out;
  out.contents = std::move(head.contents);
  out.config = std::move(head.config);
  out.manifest = head.manifest;
  out.bytes = reader.offset();
  return out;
}

Result<ArchiveRead> verify_archive(InputStream& stream, const ReadOptions& options) {
  return with_integrity(Reading(stream, options, {}).run());
}

Result<ArchiveRead> unpack_reef(InputStream& stream, const Path& target, const ReadOptions& options,
                                Filesystem& fs) {
  TRY(const Staging staging, Staging::beside(target, fs));
  TRY(ArchiveRead read, with_integrity(Reading(stream, options, staging.target()).run()));
  TRY_STATUS(fs.rename(staging.target().folder, target));
  return read;
}

}  // namespace reef::archive

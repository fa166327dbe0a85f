#include "tests/unit/archive/make_reef.h"

#include <fmt/format.h>

#include "core/archive/outer_reader.h"
#include "core/archive/portable.h"
#include "core/archive/zstd_frames.h"

namespace reef::test {
namespace {

using namespace reef::archive;

constexpr std::string_view kManifest = R"({"reef": 1, "name": "box", "version": "1.0.0", "kind": "program"})";

std::string member(const std::string& name, const std::string& bytes) {
  Member header;
  header.path = name;
  header.size = bytes.size();
  return *write_header(header) + bytes + std::string(padding_of(bytes.size()), '\0');
}

void put(std::string& block, std::size_t offset, std::string_view text) {
  block.replace(offset, text.size(), text);
}

}  // namespace

std::string header_of(const Entry& entry) {
  std::string block(kBlock, '\0');
  put(block, 0, std::string_view(entry.name).substr(0, 100));
  put(block, 100, entry.type == '0' ? "0000644" : "0000755");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put(block, 124, fmt::format("{:011o}", entry.bytes.size()));
  put(block, 136, "00000000000");
  block[156] = entry.type;
  put(block, 157, std::string_view(entry.target).substr(0, 100));
  put(block, 257, std::string_view("ustar\00000", 8));
  put(block, 329, "0000000");
  put(block, 337, "0000000");
  if (entry.patch) entry.patch(block);
  std::uint64_t sum = 8 * ' ';
  for (std::size_t i = 0; i < kBlock; ++i)
    if (i < 148 || i >= 156) sum += static_cast<unsigned char>(block[i]);
  put(block, 148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return block;
}

std::string tar_of(const std::vector<Entry>& entries) {
  std::string out;
  for (const Entry& entry : entries)
    out += header_of(entry) + entry.bytes + std::string(padding_of(entry.bytes.size()), '\0');
  return out + std::string(2 * kBlock, '\0');
}

std::function<void(std::string&)> field(std::size_t offset, std::string text) {
  return [offset, text = std::move(text)](std::string& block) { put(block, offset, text); };
}

std::string frames_of(const std::string& contents) {
  std::string out;
  for (std::size_t at = 0; at < contents.size(); at += kFrame)
    out += *compress_frame(std::string_view(contents).substr(at, kFrame));
  return out;
}

Made::Made() : layout(layout_text()) {
  contents.name = "box";
  contents.version = "1.0.0";
  contents.platforms = {"linux-x86_64"};
  contents.lock = add("a lock\n");
  contents.provenance = add("provenance\n");
  ArchivedPackage package;
  package.name = "box";
  package.version = "1.0.0";
  package.kind = "program";
  package.role = Role::root;
  const Blob manifest = add(std::string(kManifest));
  package.tree.apart = {{"reef.json", manifest, false}};
  contents.packages = {package};
  ArchivedSource source;
  source.kind = "url";
  source.name = "weights";
  source.packages = {"box"};
  source.blob = add(std::string(5000, 'w'));
  contents.sources = {source};
  tree(tar_of({{"link", "", '2', "src/run"},
               {"src/", "", '5'},
               {"src/run", "#!/bin/sh\n", '0', "", field(100, "0000755")}}));
  Tree& tree = contents.packages[0].tree;
  tree.entries = 4;
  tree.bytes = manifest.size + 10;
  tree.digest = sha256(symlink_line("link", "src/run") + file_line("reef.json", false, manifest.digest) +
                       folder_line("src") + file_line("src/run", true, sha256("#!/bin/sh\n")));
}

Blob Made::add(const std::string& bytes) {
  const Blob blob{sha256(bytes), bytes.size()};
  blobs[blob.digest] = bytes;
  return blob;
}

Made& Made::layer(const std::string& frames, std::uint64_t tar_bytes) {
  contents.packages[0].tree.layer = CodeLayer{add(frames), tar_bytes};
  return *this;
}

Made& Made::tree(const std::string& tar) {
  // Enough that what is looked at first is the entries themselves.
  contents.packages[0].tree.entries = 100;
  contents.packages[0].tree.bytes = 1'000'000;
  return layer(frames_of(tar), tar.size());
}

std::string Made::members() const {
  const auto changed = [](const auto& change, std::string text) {
    return change ? change(std::move(text)) : text;
  };
  const std::string config = changed(change_config, write_config(contents));
  const Blob config_blob{sha256(config), config.size()};
  const std::string manifest = changed(change_manifest, manifest_text(contents, config_blob));
  const Blob manifest_blob{sha256(manifest), manifest.size()};
  const std::string index = changed(change_index, index_text(contents, manifest_blob));
  std::string out = member("oci-layout", layout) + member("index.json", index) +
                    member(blob_path(manifest_blob.digest), manifest) +
                    member(blob_path(config_blob.digest), config);
  bool in_head = true;
  const auto pad_to = [&](std::uint64_t remainder, std::uint64_t alignment) {
    const std::uint64_t gap = gap_to(out.size(), remainder, alignment);
    if (gap > 0) out += member(pad_path(out.size()), std::string(gap - kBlock, '\0'));
  };
  for (const Layer& layer : layers_of(contents)) {
    if (in_head && layer.kind != BlobKind::text) {
      pad_to(0, kHeadAlignment);
      in_head = false;
    }
    if (layer.kind == BlobKind::raw) pad_to(kRawAlignment - kBlock, kRawAlignment);
    out += member(blob_path(layer.blob.digest), blobs.at(layer.blob.digest));
  }
  if (in_head) pad_to(0, kHeadAlignment);
  return out;
}

std::string Made::bytes() const { return members() + std::string(2 * kBlock, '\0'); }

}  // namespace reef::test

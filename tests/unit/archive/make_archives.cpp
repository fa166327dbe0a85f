#include "tests/unit/archive/make_archives.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace reef::test {
namespace {

constexpr std::size_t kBlock = 512;

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return bytes;
}

void put(std::string& block, std::size_t at, std::size_t size, const std::string& text) {
  std::memcpy(block.data() + at, text.data(), std::min(size, text.size()));
}

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

std::string written(archive* writer, const std::vector<Member>& members) {
  std::string out;
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open(writer, &out, nullptr, append, nullptr);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, member.type == '2'   ? AE_IFLNK
                                      : member.type == '5' ? AE_IFDIR
                                                           : AE_IFREG);
    if (member.type == '2') archive_entry_set_symlink(entry, member.link.c_str());
    archive_entry_set_perm(entry, member.mode);
    archive_entry_set_mtime(entry, member.mtime, 0);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return out;
}

}  // namespace

std::string tar_member(const Member& member) {
  std::string block(kBlock, '\0');
  put(block, 0, 100, member.name);
  put(block, 100, 8, fmt::format("{:07o}", member.mode));
  put(block, 108, 8, "0000000");
  put(block, 116, 8, "0000000");
  put(block, 124, 12, fmt::format("{:011o}", member.content.size()));
  put(block, 136, 12, fmt::format("{:011o}", member.mtime));
  put(block, 148, 8, "        ");
  block[156] = member.type;
  put(block, 157, 100, member.link);
  put(block, 257, 8, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(block, 148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return block + padded(member.content);
}

std::string tar(const std::vector<Member>& members) {
  std::string out;
  for (const Member& member : members) out += tar_member(member);
  return out + kTarEnd;
}

std::string pax(const std::map<std::string, std::string>& records) {
  std::string content;
  for (const auto& [key, value] : records) {
    const std::size_t rest = key.size() + value.size() + 3;  // blank, `=`, newline
    std::size_t size = rest + 1;
    while (std::to_string(size).size() + rest != size) ++size;
    content += fmt::format("{} {}={}\n", size, key, value);
  }
  return tar_member({"PaxHeaders/x", content, 'x'});
}

std::string compressed(const std::string& filter, const std::string& bytes) {
  archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  archive_write_add_filter_by_name(writer, filter.c_str());
  return written(writer, {{"data", bytes}});
}

std::string zip(const std::vector<Member>& members) {
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  return written(writer, members);
}

Sandbox::Sandbox() : fs_(make_disk()) {
  root_ = TemporaryFolder::create(*fs_, std::filesystem::temp_directory_path(), "reef archive ü ")
              .value()
              .release();
}
Sandbox::~Sandbox() { (void)remove_tree(*fs_, root_); }

Path Sandbox::archive(const std::string& bytes) {
  (void)fs_->write_file(root_ / "archive", bytes, false);
  return root_ / "archive";
}

std::vector<std::string> Sandbox::left_over() {
  std::vector<std::string> names = fs_->list(root_).value();
  std::erase(names, "archive");
  return names;
}

}  // namespace reef::test

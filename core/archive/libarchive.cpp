#include "core/archive/libarchive.h"

#include "core/os/shared_library.h"

namespace reef {
namespace {

LibraryNames names() {
#ifdef __APPLE__
  // The second is the system's own: the same interface under the number that it began with.
  return {"libarchive", {"libarchive.13.dylib", "libarchive.2.dylib"}, "libarchive13"};
#else
  return {"libarchive", {"libarchive.so.13"}, "libarchive13"};
#endif
}

#define FIND(name) TRY_STATUS(library.find("archive_" #name, found.name))

Result<ArchiveFunctions> find_functions() {
  TRY(const SharedLibrary library, SharedLibrary::load(names()));
  ArchiveFunctions found{};
  FIND(entry_filetype);
  FIND(entry_hardlink);
  FIND(entry_is_data_encrypted);
  FIND(entry_mtime);
  FIND(entry_mtime_is_set);
  FIND(entry_pathname);
  FIND(entry_perm);
  FIND(entry_set_perm);
  FIND(entry_symlink);
  FIND(error_string);
  FIND(filter_bytes);
  FIND(filter_code);
  FIND(format);
  FIND(read_data);
  FIND(read_data_skip);
  FIND(read_free);
  FIND(read_new);
  FIND(read_next_header);
  FIND(read_open_filename);
  FIND(read_support_filter_bzip2);
  FIND(read_support_filter_gzip);
  FIND(read_support_filter_lzma);
  FIND(read_support_filter_xz);
  FIND(read_support_filter_zstd);
  FIND(read_support_format_raw);
  FIND(read_support_format_tar);
  FIND(read_support_format_zip_seekable);
  return found;
}

#undef FIND

const Result<ArchiveFunctions>& loaded() {
  static const Result<ArchiveFunctions> functions = find_functions();
  return functions;
}

}  // namespace

Status load_libarchive() {
  if (!loaded()) return tl::make_unexpected(loaded().error());
  return {};
}

const ArchiveFunctions& libarchive() { return *loaded(); }

}  // namespace reef

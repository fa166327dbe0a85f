#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "core/base/error.h"

namespace reef {

// The functions of libarchive that are used, without their prefix. The program is not linked with it: most
// commands unpack nothing, and it brings a dozen libraries along.
struct ArchiveFunctions {
  decltype(&archive_entry_filetype) entry_filetype;
  decltype(&archive_entry_hardlink) entry_hardlink;
  decltype(&archive_entry_is_data_encrypted) entry_is_data_encrypted;
  decltype(&archive_entry_mtime) entry_mtime;
  decltype(&archive_entry_mtime_is_set) entry_mtime_is_set;
  decltype(&archive_entry_pathname) entry_pathname;
  decltype(&archive_entry_perm) entry_perm;
  decltype(&archive_entry_set_perm) entry_set_perm;
  decltype(&archive_entry_symlink) entry_symlink;
  decltype(&archive_error_string) error_string;
  decltype(&archive_filter_bytes) filter_bytes;
  decltype(&archive_filter_code) filter_code;
  decltype(&archive_format) format;
  decltype(&archive_read_data) read_data;
  decltype(&archive_read_data_skip) read_data_skip;
  decltype(&archive_read_free) read_free;
  decltype(&archive_read_new) read_new;
  decltype(&archive_read_next_header) read_next_header;
  decltype(&archive_read_open_filename) read_open_filename;
  decltype(&archive_read_support_filter_bzip2) read_support_filter_bzip2;
  decltype(&archive_read_support_filter_gzip) read_support_filter_gzip;
  decltype(&archive_read_support_filter_lzma) read_support_filter_lzma;
  decltype(&archive_read_support_filter_xz) read_support_filter_xz;
  decltype(&archive_read_support_filter_zstd) read_support_filter_zstd;
  decltype(&archive_read_support_format_raw) read_support_format_raw;
  decltype(&archive_read_support_format_tar) read_support_format_tar;
  decltype(&archive_read_support_format_zip_seekable) read_support_format_zip_seekable;
};

// Loads libarchive at the first call; all others, from any thread, wait for it and answer the same.
// not_found when it is not installed.
Status load_libarchive();

// Only after load_libarchive() succeeded.
const ArchiveFunctions& libarchive();

}  // namespace reef

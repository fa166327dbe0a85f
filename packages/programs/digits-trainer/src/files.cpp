#include "files.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace digits {

void fail(const std::string& message, int status) {
  std::fprintf(stderr, "train: %s\n", message.c_str());
  std::exit(status);
}

std::string read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail("cannot open `" + path + "`: " + std::strerror(errno));
  std::string bytes;
  char buffer[65536];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, file)) bytes.append(buffer, count);
  if (std::ferror(file) != 0) fail("cannot read `" + path + "`");
  std::fclose(file);
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) fail("cannot create `" + path + "`: " + std::strerror(errno));
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (std::fclose(file) != 0 || !written) fail("cannot write `" + path + "`");
}

}  // namespace digits

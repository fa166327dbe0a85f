#include "core/os/shared_library.h"

#include <dlfcn.h>

namespace reef {
namespace {

// What the loader says about its last failure in this thread.
std::string loader_message() {
  const char* text = dlerror();
  return text == nullptr ? "it does not say why" : text;
}

}  // namespace

Result<SharedLibrary> SharedLibrary::load(const LibraryNames& names) {
  std::string reasons;
  for (const std::string& file : names.files) {
    // Local: its symbols are for us, not for libraries loaded later. Now: a library that lacks a function of
    // another is refused here, and does not end the program when that function is first called.
    if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return SharedLibrary(handle, names);
    reasons += (reasons.empty() ? "" : "; ") + loader_message();
  }
  return make_error(ErrorCode::not_found, "cannot load the library `{}`: {}", names.name, reasons)
      .hint(fmt::format("install it; on Debian, `apt-get install {}`", names.package));
}

Result<void*> SharedLibrary::address_of(const char* symbol) const {
  if (void* address = dlsym(handle_, symbol)) return address;
  return make_error(ErrorCode::not_found, "the library `{}` has no function `{}`", names_.name, symbol)
      .hint(fmt::format("install a newer one; on Debian, `apt-get install {}`", names_.package));
}

}  // namespace reef

#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"

namespace reef {

// How a shared library is called.
struct LibraryNames {
  std::string name;                // for messages: "libcurl"
  std::vector<std::string> files;  // with the version of its interface, tried in order: "libcurl.so.4"
  std::string package;             // Debian's package, for the hint
};

// A library that is loaded at its first use rather than when the program starts: for large ones that few
// commands need. Found where the system's loader looks. It stays loaded until the program ends, for its
// threads and handlers may outlive any owner; so this is a plain value, and functions stay valid.
class SharedLibrary {
 public:
  // not_found when no file can be loaded; the message says what the loader says about each.
  static Result<SharedLibrary> load(const LibraryNames& names);

  // Points `function` at what the library exports under `symbol`, which must have that type; leaves it and
  // answers not_found when the library has no such symbol.
  template <class Function>
  Status find(const char* symbol, Function*& function) const {
    TRY(void* const address, address_of(symbol));
    function = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  SharedLibrary(void* handle, LibraryNames names) : handle_(handle), names_(std::move(names)) {}
  Result<void*> address_of(const char* symbol) const;

  void* handle_;
  LibraryNames names_;
};

}  // namespace reef

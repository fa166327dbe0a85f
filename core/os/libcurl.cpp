#include "core/os/libcurl.h"

#include "core/os/shared_library.h"

namespace reef {
namespace {

#ifdef __APPLE__
constexpr const char* kFile = "libcurl.4.dylib";
#else
constexpr const char* kFile = "libcurl.so.4";
#endif

#define FIND(name) TRY_STATUS(library.find("curl_" #name, found.name))

Result<CurlFunctions> find_functions() {
  TRY(const SharedLibrary library, SharedLibrary::load({"libcurl", {kFile}, "libcurl4"}));
  CurlFunctions found{};
  FIND(global_init);
  FIND(easy_init);
  FIND(easy_reset);
  FIND(easy_cleanup);
  FIND(easy_setopt);
  FIND(easy_getinfo);
  FIND(easy_strerror);
  FIND(multi_init);
  FIND(multi_cleanup);
  FIND(multi_add_handle);
  FIND(multi_remove_handle);
  FIND(multi_perform);
  FIND(multi_info_read);
  FIND(multi_poll);
  FIND(slist_append);
  FIND(slist_free_all);
  found.global_init(CURL_GLOBAL_DEFAULT);
  return found;
}

#undef FIND

const Result<CurlFunctions>& loaded() {
  static const Result<CurlFunctions> functions = find_functions();
  return functions;
}

}  // namespace

Status load_libcurl() {
  if (!loaded()) return tl::make_unexpected(loaded().error());
  return {};
}

const CurlFunctions& libcurl() { return *loaded(); }

}  // namespace reef

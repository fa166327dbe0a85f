#pragma once

#include <curl/curl.h>

#include "core/base/error.h"

namespace reef {

// The functions of libcurl that are used, without their prefix. The program is not linked with it: it brings
// some thirty libraries along, whose loading takes longer than most commands.
struct CurlFunctions {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_reset) easy_reset;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_perform) multi_perform;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_multi_poll) multi_poll;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

// Loads and starts libcurl at the first call; all others, from any thread, wait for it and answer the same.
// not_found when it is not installed.
Status load_libcurl();

// Only after load_libcurl() succeeded.
const CurlFunctions& libcurl();

}  // namespace reef

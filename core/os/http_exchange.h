#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/os/descriptor.h"
#include "core/os/http.h"
#include "core/os/libcurl.h"

namespace reef {

// A status and a Location that lead elsewhere.
bool is_redirect(const HttpHead& head);

// The body of a request while it is sent.
class Sending {
 public:
  // Opens the file, if there is one.
  static Result<Sending> open(const std::optional<HttpBody>& body);

  std::uint64_t size() const { return size_; }
  std::uint64_t sent() const { return sent_; }  // all in all; more than `size` when some was sent twice
  // Fills the buffer from where the last call ended; 0 at the end. Errors: io, busy.
  Result<std::size_t> read(char* buffer, std::size_t size);
  // The next byte to be read.
  bool seek(std::int64_t offset);

 private:
  HttpBody body_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t sent_ = 0;
};

// One request that is sent and the answer while it arrives: what libcurl's callbacks work on. The callbacks
// point to this object, which therefore stays where it is.
class Exchange {
 public:
  Exchange(const HttpRequest& request, Sending sending, CURL* easy);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sets the method, the body and the callbacks of the handle.
  void prepare();
  // Tells the head to the request's callback, unless that was done or it is a redirect's.
  bool tell_head();

  HttpHead head;
  std::uint64_t body_bytes = 0;  // of the answer
  std::optional<Error> failure;  // of a callback, or of the file that is sent
  bool enough = false;           // the rest of a redirect's body does not matter
  bool too_many_headers = false;

  // Bytes of both ways.
  std::uint64_t moved() const { return body_bytes + sending_.sent(); }

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t on_bytes(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t on_wanted(char* data, std::size_t size, std::size_t count, void* user);
  static int on_seek(void* user, curl_off_t offset, int origin);
  bool add_header_line(std::string_view line);
  bool add_body(std::string_view bytes);
  bool keep(Status status);

  const HttpRequest& request_;
  Sending sending_;
  CURL* easy_;
  bool head_told_ = false;
  std::size_t header_bytes_ = 0;
};

}  // namespace reef

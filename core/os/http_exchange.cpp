#include "core/os/http_exchange.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr long kSendBuffer = 512L << 10U;
constexpr std::uint64_t kMostRedirectBody = std::uint64_t{1}
                                            << 20U;  // read so that the connection can be kept
constexpr std::size_t kMostHeaderBytes = std::size_t{256} << 10U;

Failure cannot_read(const Path& file) {
  const ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  return make_error(code, "cannot read `{}`: {}", printable(file.string()), std::strerror(errno));
}

}  // namespace

bool is_redirect(const HttpHead& head) {
  const bool status = head.status == 301 || head.status == 302 || head.status == 303 || head.status == 307 ||
                      head.status == 308;
  return status && head.headers.contains("location");
}

Result<Sending> Sending::open(const std::optional<HttpBody>& body) {
  Sending sending;
  if (!body) return sending;
  sending.body_ = *body;
  sending.size_ = body->file.empty() ? body->bytes.size() : body->size;
  if (body->file.empty()) return sending;
  sending.file_ = Descriptor(::open(body->file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!sending.file_.valid()) return cannot_read(body->file);
  return sending;
}

Result<std::size_t> Sending::read(char* buffer, std::size_t size) {
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - at_));
  if (body_.file.empty()) {
    std::memcpy(buffer, body_.bytes.data() + at_, take);
  } else {
    for (std::size_t got = 0; got < take;) {
      const ssize_t more =
          pread(file_.get(), buffer + got, take - got, static_cast<off_t>(body_.offset + at_ + got));
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return cannot_read(body_.file);
      if (more == 0)
        return make_error(ErrorCode::busy, "`{}` became shorter while it was sent",
                          printable(body_.file.string()));
      got += static_cast<std::size_t>(more);
    }
  }
  at_ += take;
  sent_ += take;
  return take;
}

bool Sending::seek(std::int64_t offset) {
  if (offset < 0 || static_cast<std::uint64_t>(offset) > size_) return false;
  at_ = static_cast<std::uint64_t>(offset);
  return true;
}

Exchange::Exchange(const HttpRequest& request, Sending sending, CURL* easy)
    : request_(request), sending_(std::move(sending)), easy_(easy) {}

void Exchange::prepare() {
  libcurl().easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  libcurl().easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  libcurl().easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Exchange::on_bytes);
  libcurl().easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  switch (request_.method) {
    case HttpMethod::get:
      return;
    case HttpMethod::head:
      libcurl().easy_setopt(easy_, CURLOPT_NOBODY, 1L);
      return;
    case HttpMethod::remove:
      libcurl().easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, "DELETE");
      return;
    case HttpMethod::post:
    case HttpMethod::put:
    case HttpMethod::patch:
      break;
  }
  // An upload, whatever its name: libcurl's own POST wants the body in memory, or says a type that is wrong.
  libcurl().easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  libcurl().easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, std::string(name_of(request_.method)).c_str());
  libcurl().easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(sending_.size()));
  libcurl().easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
  libcurl().easy_setopt(easy_, CURLOPT_READFUNCTION, &Exchange::on_wanted);
  libcurl().easy_setopt(easy_, CURLOPT_READDATA, this);
  libcurl().easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
  libcurl().easy_setopt(easy_, CURLOPT_SEEKDATA, this);
}

bool Exchange::tell_head() {
  long status = 0;
  libcurl().easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  head.status = static_cast<int>(status);
  if (head_told_ || is_redirect(head)) return true;
  head_told_ = true;
  return !request_.on_head || keep(request_.on_head(head));
}

bool Exchange::add_header_line(std::string_view line) {
  header_bytes_ += line.size();
  too_many_headers = header_bytes_ > kMostHeaderBytes;
  if (too_many_headers) return false;
  if (line.starts_with("HTTP/")) {
    head.headers.clear();
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    head.headers.emplace(lower_case(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return true;
}

bool Exchange::add_body(std::string_view bytes) {
  if (!tell_head()) return false;
  body_bytes += bytes.size();
  if (is_redirect(head)) {
    enough = body_bytes > kMostRedirectBody;
    return !enough;
  }
  return !request_.on_body || keep(request_.on_body(bytes));
}

bool Exchange::keep(Status status) {
  if (!status) failure = std::move(status).error();
  return !failure;
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* user) {
  return static_cast<Exchange*>(user)->add_header_line({data, size * count}) ? size * count : 0;
}

std::size_t Exchange::on_bytes(char* data, std::size_t size, std::size_t count, void* user) {
  return static_cast<Exchange*>(user)->add_body({data, size * count}) ? size * count : 0;
}

std::size_t Exchange::on_wanted(char* data, std::size_t size, std::size_t count, void* user) {
  auto* self = static_cast<Exchange*>(user);
  Result<std::size_t> got = self->sending_.read(data, size * count);
  if (!got) {
    self->failure = std::move(got).error();
    return CURL_READFUNC_ABORT;
  }
  if (self->request_.on_sent && *got > 0) self->request_.on_sent(*got);
  return *got;
}

int Exchange::on_seek(void* user, curl_off_t offset, int origin) {
  auto* self = static_cast<Exchange*>(user);
  return origin == SEEK_SET && self->sending_.seek(offset) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

}  // namespace reef

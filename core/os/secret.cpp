#include "core/os/secret.h"

#include <fcntl.h>
#include <termios.h>

#include <cerrno>
#include <cstring>

#include "core/os/descriptor.h"
#include "core/os/host_streams.h"

namespace reef {
namespace {

// Nothing that is typed is shown while this lives.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd), works_(tcgetattr(fd, &before_) == 0) {
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    if (works_) tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  ~Silence() {
    if (works_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int fd_;
  termios before_{};
  bool works_;
};

}  // namespace

Result<std::string> ask_secret(const std::string& question) {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.valid())
    return make_error(ErrorCode::usage, "there is no terminal to ask for the passphrase");
  const Silence silence(terminal.get());
  TRY_STATUS(write_all(terminal.get(), question));
  std::string answer;
  for (;;) {
    char c = 0;
    const ssize_t got = read(terminal.get(), &c, 1);
    if (got < 0 && errno == EINTR) return make_error(ErrorCode::interrupted, "interrupted");
    if (got <= 0 || c == '\n') return answer;
    answer.push_back(c);
  }
}

Status write_private(const Path& path, std::string_view bytes) {
  Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid())
    return make_error(ErrorCode::io, "cannot create `{}`: {}", path.string(), std::strerror(errno));
  Status status = write_all(file.get(), bytes);
  if (status && (fsync(file.get()) != 0 || !file.close_now()))
    status = make_error(ErrorCode::io, "cannot write `{}`: {}", path.string(), std::strerror(errno));
  if (!status) unlink(path.c_str());
  return status;
}

}  // namespace reef

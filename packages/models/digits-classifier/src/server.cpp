#include "server.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "files.h"

namespace digits {
namespace {

// Lines from a file descriptor.
class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor), buffer_(65536) {}

  // The next line without its end, valid until the next call; false at the end of the file.
  bool next(std::string_view& line) {
    for (std::size_t searched = 0;;) {
      const char* from = buffer_.data() + begin_;
      const void* end = std::memchr(from + searched, '\n', end_ - begin_ - searched);
      if (end != nullptr) {
        line = {from, static_cast<std::size_t>(static_cast<const char*>(end) - from)};
        begin_ += line.size() + 1;
        return true;
      }
      searched = end_ - begin_;
      if (!fill()) return false;
    }
  }

 private:
  bool fill() {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
    } while (count < 0 && errno == EINTR);
    if (count < 0) fail(std::string("cannot read queries: ") + std::strerror(errno));
    end_ += static_cast<std::size_t>(count);
    return count > 0;
  }

  int descriptor_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what has not been returned
  std::size_t end_ = 0;    // of what has been read
};

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(std::string("cannot write answers: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Takes the next word off `line`; empty when there is none.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

class Session {
 public:
  Session(Classifier& classifier, const Samples& samples)
      : classifier_(classifier), samples_(samples), tally_(samples.held_out.size()) {}

  // Answers the query in `line`, what follows its `q`.
  void answer(std::string_view line) {
    const std::string_view id = next_word(line);
    if (id.empty()) fail("a query without an id");
    queried_.clear();
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      std::size_t sample = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), sample);
      if (error != std::errc() || end != word.data() + word.size() || sample >= samples_.held_out.size()) {
        return refuse(id, word);
      }
      queried_.push_back(sample);
    }
    if (queried_.empty()) return refuse(id, "");
    reply_.assign("a ").append(id);
    for (std::size_t first = 0; first < queried_.size(); first += kMaxBatch) classify(first);
    reply_ += '\n';
    write_all(reply_);
  }

  const Tally& tally() const { return tally_; }

 private:
  void refuse(std::string_view id, std::string_view word) {
    reply_.assign("e ").append(id);
    if (word.empty())
      reply_ += " no sample";
    else
      reply_.append(" `").append(word).append("` is not a sample");
    reply_ += ", expected 0.." + std::to_string(samples_.held_out.size() - 1) + "\n";
    write_all(reply_);
  }

  // Classifies up to kMaxBatch of queried_, from `first` on, and adds their digits to the reply.
  void classify(std::size_t first) {
    const std::size_t count = std::min(kMaxBatch, queried_.size() - first);
    for (std::size_t i = 0; i < count; ++i) images_[i] = &sample(queried_[first + i]).image;
    classifier_.classify({images_.data(), count}, {digits_.data(), count});
    for (std::size_t i = 0; i < count; ++i) {
      reply_ += ' ';
      reply_ += static_cast<char>('0' + digits_[i]);
      tally_.note(queried_[first + i], digits_[i] == sample(queried_[first + i]).label);
    }
  }

  const Sample& sample(std::size_t number) const { return samples_.rows[samples_.held_out[number]]; }

  Classifier& classifier_;
  const Samples& samples_;
  Tally tally_;
  std::vector<std::size_t> queried_;
  std::array<const Image*, kMaxBatch> images_{};
  std::array<int, kMaxBatch> digits_{};
  std::string reply_;
};

}  // namespace

Tally serve(Classifier& classifier, const Samples& samples) {
  write_all("reef-protocol 1 " + std::to_string(samples.held_out.size()) + "\n");
  LineReader reader(STDIN_FILENO);
  Session session(classifier, samples);
  for (std::string_view line; reader.next(line);) {
    const std::string_view verb = next_word(line);
    if (verb == "end") break;
    if (verb != "q") fail("expected `q` or `end`, got `" + std::string(verb) + "`");
    session.answer(line);
  }
  return session.tally();
}

}  // namespace digits

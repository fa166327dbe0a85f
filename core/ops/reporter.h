#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef::ops {

// Told what an operation is doing, for people who wait. Called from any thread, several at once.
class Reporter {
 public:
  virtual ~Reporter() = default;
  // A phase that begins: "resolving", "building digits-weights 1.0.0".
  virtual void stage(std::string_view /*text*/) {}
  // Something worth knowing that stops nothing.
  virtual void note(std::string_view /*text*/) {}
  // One of many things is done: "3/24  engine=native: latency 12.3 us; about 40 s left". Stays on the screen.
  virtual void progress(std::string_view /*text*/) {}
  // What an action's program prints, as it comes; `is_error`: on its standard error.
  virtual void output(std::string_view /*bytes*/, bool /*is_error*/) {}
  // The end of what a program printed that was not passed to `output`, because it failed.
  virtual void last_lines(std::string_view /*of*/, const std::vector<std::string>& /*lines*/) {}
  // Transfers: `id` names one from its start to its end.
  virtual void transfer_started(std::size_t /*id*/, const std::string& /*label*/,
                                std::optional<std::uint64_t> /*total*/) {}
  virtual void transfer_advanced(std::size_t /*id*/, std::uint64_t /*bytes*/) {}
  virtual void transfer_finished(std::size_t /*id*/, bool /*ok*/) {}
};

}  // namespace reef::ops

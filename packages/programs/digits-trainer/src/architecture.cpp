#include "architecture.h"

#include "files.h"

namespace digits {
namespace {

Stage convolution(int channels, int size, int outputs, bool pool) {
  return {Stage::Kind::convolution, channels, size, outputs, true, pool};
}

Stage dense(int channels, int size, int outputs, bool relu) {
  return {Stage::Kind::dense, channels, size, outputs, relu, false};
}

std::vector<Architecture> all_architectures() {
  return {
      {"mlp-64", {dense(1, 8, 64, true), dense(64, 1, 10, false)}, 60, 2e-3F, 0.1F},
      {"cnn-s",
       {convolution(1, 8, 8, true), convolution(8, 4, 16, true), dense(16, 2, 32, true),
        dense(32, 1, 10, false)},
       40,
       3e-3F,
       0.1F},
      {"cnn-m",
       {convolution(1, 8, 16, true), convolution(16, 4, 32, true), dense(32, 2, 64, true),
        dense(64, 1, 10, false)},
       30,
       2e-3F,
       0.1F},
      {"cnn-l",
       {convolution(1, 8, 32, false), convolution(32, 8, 32, true), convolution(32, 4, 64, false),
        convolution(64, 4, 64, true), dense(64, 2, 128, true), dense(128, 1, 10, false)},
       20,
       1e-3F,
       0.1F},
  };
}

}  // namespace

std::size_t Architecture::parameters() const {
  std::size_t count = 0;
  for (const Stage& stage : stages) count += stage.parameters();
  return count;
}

Architecture find_architecture(const std::string& name) {
  for (Architecture& architecture : all_architectures()) {
    if (architecture.name == name) return architecture;
  }
  fail("unknown model `" + name + "`, expected mlp-64, cnn-s, cnn-m or cnn-l", 2);
}

}  // namespace digits

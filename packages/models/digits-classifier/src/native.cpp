// Engine `native`: plain loops that a compiler turns into vector instructions. One thread.
//
// One kernel does all layers: sums for a few positions and 8 outputs at once, held in registers, so that
// each weight is loaded once for the positions and each input once for the outputs.

#include <cstring>

#include "classifier.h"
#include "files.h"
#include "network.h"

namespace digits {
namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

// The vector registers of the target, by gcc's and clang's vector extension.
#if defined(__AVX__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif
constexpr int kVectors = kTile / kWidth;
using Vector = float __attribute__((vector_size(kWidth * sizeof(float))));

Vector load(const float* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

// output[i][0..7] = biases + sum over taps of weights[tap][0..7] * the patch of position i, for kPositions
// neighbours in a row, whose patches start `channels` apart.
//
// Rows of a patch are contiguous (`patch * channels` numbers) and `side * channels` apart.
template <int kPositions>
void multiply(const Layer& layer, const float* patches, const float* weights, const float* biases,
              float* output) {
  const int stride = layer.stride();
  const int row_taps = layer.patch() * layer.channels;
  Vector sums[static_cast<std::size_t>(kPositions)][kVectors];
  for (int i = 0; i < kPositions; ++i) {
    for (int j = 0; j < kVectors; ++j) sums[i][j] = load(biases + j * kWidth);
  }
  for (int row = 0; row < layer.patch(); ++row) {
    const float* inputs = patches + row * layer.side() * layer.channels;
    for (int tap = 0; tap < row_taps; ++tap, weights += stride) {
      for (int i = 0; i < kPositions; ++i) {
        const float input = inputs[i * layer.channels + tap];
        for (int j = 0; j < kVectors; ++j) sums[i][j] += input * load(weights + j * kWidth);
      }
    }
  }
  for (int i = 0; i < kPositions; ++i) {
    for (int j = 0; j < kTile; ++j) {
      const float sum = sums[i][j / kWidth][j % kWidth];
      output[i * stride + j] = layer.relu && sum < 0.0F ? 0.0F : sum;
    }
  }
}

// output: [positions][stride].
void run_layer(const Layer& layer, const float* input, float* output) {
  const int stride = layer.stride();
  for (int tile = 0; tile < stride; tile += kTile) {
    const float* weights = &layer.weights[index(tile)];
    const float* biases = &layer.biases[index(tile)];
    if (!layer.is_convolution()) {
      multiply<1>(layer, input, weights, biases, output + tile);
      continue;
    }
    for (int position = 0; position < layer.positions(); position += 4) {
      const int row = position / layer.size;
      const int column = position % layer.size;
      const float* patches = input + (row * layer.side() + column) * layer.channels;
      multiply<4>(layer, patches, weights, biases, output + position * stride + tile);
    }
  }
}

class Native : public Classifier {
 public:
  explicit Native(Network network) : network_(std::move(network)) {
    std::size_t widest = 0;
    for (const Layer& layer : network_.layers) {
      if (layer.is_convolution() && layer.size % 4 != 0)
        fail("native: expected convolutions of 4x4 or 8x8 images");
      inputs_.emplace_back(index(layer.side() * layer.side() * layer.channels));
      widest = std::max(widest, index(layer.positions() * layer.stride()));
    }
    output_.resize(widest);
  }

  void classify(std::span<const Image* const> images, std::span<int> digits) override {
    for (std::size_t i = 0; i < images.size(); ++i) digits[i] = classify_one(*images[i]);
  }

 private:
  int classify_one(const Image& image) {
    const Layer& first = network_.layers.front();
    for (int row = 0; row < 8; ++row) {
      float* target = &inputs_.front()[index((row + first.border()) * first.side() + first.border())];
      std::copy_n(&image[index(row * 8)], 8, target);
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      run_layer(network_.layers[i], inputs_[i].data(), output_.data());
      if (i + 1 < inputs_.size()) {
        hand_over(network_.layers[i], output_.data(), network_.layers[i + 1].border(), inputs_[i + 1].data());
      }
    }
    return best_of(output_.data());
  }

  Network network_;
  std::vector<std::vector<float>> inputs_;  // of each layer; borders stay zero
  std::vector<float> output_;               // of the layer at work
};

}  // namespace

std::unique_ptr<Classifier> load_classifier(const std::string& weights_folder, int threads) {
  if (threads != 1) fail("the native engine uses 1 thread, not " + std::to_string(threads), 2);
  return std::make_unique<Native>(read_network(model_file(weights_folder)));
}

std::string model_file(const std::string& weights_folder) { return weights_folder + "/weights.bin"; }

}  // namespace digits

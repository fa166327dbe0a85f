// Engine `openblas`: every layer is one matrix product of OpenBLAS, sgemm, over all images of a batch.
//
// A convolution first copies the patch of each position into a row of a matrix (im2col: Chellapilla, Puri and
// Simard, 2006): [images * positions][taps] times [taps][outputs].

#include <cblas.h>

#include "classifier.h"
#include "files.h"
#include "network.h"

namespace digits {
namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

// patches: [positions][taps].
void copy_patches(const Layer& layer, const float* input, float* patches) {
  const int row_taps = 3 * layer.channels;
  for (int position = 0; position < layer.positions(); ++position) {
    const int row = position / layer.size;
    const int column = position % layer.size;
    for (int i = 0; i < 3; ++i, patches += row_taps) {
      std::copy_n(input + ((row + i) * layer.side() + column) * layer.channels, row_taps, patches);
    }
  }
}

// product = rows x weights: [count][taps] x [taps][stride].
void multiply(const Layer& layer, int count, const float* rows, float* product) {
  const int stride = layer.stride();
  if (count == 1) {
    cblas_sgemv(CblasRowMajor, CblasTrans, layer.taps(), stride, 1.0F, layer.weights.data(), stride, rows, 1,
                0.0F, product, 1);
    return;
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, count, stride, layer.taps(), 1.0F, rows,
              layer.taps(), layer.weights.data(), stride, 0.0F, product, stride);
}

void add_biases(const Layer& layer, int count, float* product) {
  const int stride = layer.stride();
  const float* biases = layer.biases.data();
  for (int i = 0; i < count; ++i, product += stride) {
    for (int j = 0; j < stride; ++j) {
      const float sum = product[j] + biases[j];
      product[j] = layer.relu && sum < 0.0F ? 0.0F : sum;
    }
  }
}

class OpenBlas : public Classifier {
 public:
  explicit OpenBlas(Network network) : network_(std::move(network)) {
    std::size_t patches = 0;
    std::size_t products = 0;
    for (const Layer& layer : network_.layers) {
      inputs_.emplace_back(kMaxBatch * image_size(layer));
      patches = std::max(patches, index(layer.positions() * layer.taps()));
      products = std::max(products, index(layer.positions() * layer.stride()));
    }
    patches_.resize(kMaxBatch * patches);
    products_.resize(kMaxBatch * products);
  }

  void classify(std::span<const Image* const> images, std::span<int> digits) override {
    const Layer& first = network_.layers.front();
    for (std::size_t i = 0; i < images.size(); ++i) {
      float* input = &inputs_.front()[i * image_size(first)];
      for (int row = 0; row < 8; ++row) {
        std::copy_n(&(*images[i])[index(row * 8)], 8,
                    input + (row + first.border()) * first.side() + first.border());
      }
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) run_layer(i, static_cast<int>(images.size()));
    const std::size_t stride = index(network_.layers.back().stride());
    for (std::size_t i = 0; i < images.size(); ++i) digits[i] = best_of(&products_[i * stride]);
  }

 private:
  static std::size_t image_size(const Layer& layer) {
    return index(layer.side() * layer.side() * layer.channels);
  }

  // Leaves the output in products_, and in the input of the next layer.
  void run_layer(std::size_t number, int images) {
    const Layer& layer = network_.layers[number];
    const float* rows = inputs_[number].data();
    if (layer.is_convolution()) {
      for (int i = 0; i < images; ++i) {
        copy_patches(layer, rows + index(i) * image_size(layer),
                     &patches_[index(i * layer.positions() * layer.taps())]);
      }
      rows = patches_.data();
    }
    multiply(layer, images * layer.positions(), rows, products_.data());
    add_biases(layer, images * layer.positions(), products_.data());
    if (number + 1 == inputs_.size()) return;
    const Layer& next = network_.layers[number + 1];
    for (int i = 0; i < images; ++i) {
      hand_over(layer, &products_[index(i * layer.positions() * layer.stride())], next.border(),
                &inputs_[number + 1][index(i) * image_size(next)]);
    }
  }

  Network network_;
  std::vector<std::vector<float>> inputs_;  // of each layer: [kMaxBatch][side][side][channels]
  std::vector<float> patches_;              // of the layer at work: [images * positions][taps]
  std::vector<float> products_;             // of the layer at work: [images * positions][stride]
};

}  // namespace

std::unique_ptr<Classifier> load_classifier(const std::string& weights_folder, int threads) {
  openblas_set_num_threads(threads);
  return std::make_unique<OpenBlas>(read_network(model_file(weights_folder)));
}

std::string model_file(const std::string& weights_folder) { return weights_folder + "/weights.bin"; }

}  // namespace digits

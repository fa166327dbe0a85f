#include "training.h"

#include <cstdio>
#include <utility>

#include "adam.h"
#include "lanes.h"

namespace digits {
namespace {

// Fisher-Yates.
void shuffle(std::vector<const Sample*>& samples, Random& random) {
  for (std::size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[random.below(i)]);
}

}  // namespace

Outcome train(Network& network, const Dataset& dataset, const Training& training, Random& random) {
  const Architecture& architecture = network.architecture();
  std::vector<const Sample*> order;
  for (const Sample& sample : dataset.train) order.push_back(&sample);
  const std::size_t batches = order.size() / kLanes;
  const std::size_t steps = batches * static_cast<std::size_t>(training.epochs);

  Adam adam(network);
  Outcome outcome;
  std::size_t step = 0;
  for (int epoch = 1; epoch <= training.epochs; ++epoch) {
    shuffle(order, random);
    double loss = 0.0;
    for (auto first = order.cbegin(); order.cend() - first >= kLanes; first += kLanes) {
      loss += network.backward({first, first + kLanes});
      const float remaining = 1.0F - static_cast<float>(step++) / static_cast<float>(steps);
      adam.step(network, architecture.learning_rate * remaining, architecture.weight_decay);
    }
    outcome.loss = loss / static_cast<double>(batches);
    std::fprintf(stderr, "epoch %d of %d: loss %.5f\n", epoch, training.epochs, outcome.loss);
  }
  outcome.train_correct = network.count_correct(dataset.train);
  outcome.held_out_correct = network.count_correct(dataset.held_out);
  return outcome;
}

}  // namespace digits

#include "network.h"

#include <algorithm>
#include <array>

#include "lanes.h"

namespace digits {
namespace {

// Scores of one lane, as doubles.
std::array<double, kClasses> scores_of(const std::vector<float>& scores, std::size_t lane) {
  std::array<double, kClasses> result{};
  for (std::size_t label = 0; label < kClasses; ++label) result[label] = scores[label * kLanes + lane];
  return result;
}

std::array<double, kClasses> softmax(const std::array<double, kClasses>& scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::array<double, kClasses> result{};
  double sum = 0.0;
  for (std::size_t label = 0; label < kClasses; ++label) {
    result[label] = portable_exp(std::max(scores[label] - largest, -700.0));
    sum += result[label];
  }
  for (double& probability : result) probability /= sum;
  return result;
}

}  // namespace

Network::Network(const Architecture& architecture, Random& random)
    : architecture_(architecture), input_(kPixels * kLanes), score_gradient_(kClasses * kLanes) {
  for (const Stage& stage : architecture_.stages) layers.emplace_back(stage, random);
}

const std::vector<float>& Network::forward(const std::vector<const Sample*>& batch) {
  std::fill(input_.begin(), input_.end(), 0.0F);
  for (std::size_t lane = 0; lane < batch.size(); ++lane) {
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      input_[pixel * kLanes + lane] = batch[lane]->pixels[pixel];
    }
  }
  const std::vector<float>* values = &input_;
  for (Layer& layer : layers) values = &layer.forward(*values);
  return *values;
}

double Network::backward(const std::vector<const Sample*>& batch) {
  const std::vector<float>& scores = forward(batch);
  score_gradient_.resize(kClasses * kLanes);
  double loss = 0.0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::array<double, kClasses> probabilities = softmax(scores_of(scores, lane));
    const std::size_t truth = static_cast<std::size_t>(batch[lane]->label);
    loss -= portable_log(std::max(probabilities[truth], 1e-300));
    for (std::size_t label = 0; label < kClasses; ++label) {
      const double wanted = label == truth ? 1.0 : 0.0;
      score_gradient_[label * kLanes + lane] = static_cast<float>((probabilities[label] - wanted) / kLanes);
    }
  }
  std::vector<float>* gradient = &score_gradient_;
  for (std::size_t i = layers.size(); i-- > 0;) {
    layers[i].backward(*gradient);
    if (i > 0) gradient = &layers[i].input_gradient();
  }
  return loss / kLanes;
}

int Network::count_correct(const std::vector<Sample>& samples) {
  int correct = 0;
  for (std::size_t first = 0; first < samples.size(); first += kLanes) {
    std::vector<const Sample*> batch;
    for (std::size_t i = first; i < std::min(first + kLanes, samples.size()); ++i)
      batch.push_back(&samples[i]);
    const std::vector<float>& scores = forward(batch);
    for (std::size_t lane = 0; lane < batch.size(); ++lane) {
      const std::array<double, kClasses> values = scores_of(scores, lane);
      const auto best = std::max_element(values.begin(), values.end()) - values.begin();
      if (best == batch[lane]->label) ++correct;
    }
  }
  return correct;
}

}  // namespace digits

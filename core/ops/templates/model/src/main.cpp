// classify test|serve DATASET DISTANCE: a digit is that of the nearest mean image of the training digits.
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kPixels = 64;
using Image = std::array<double, kPixels>;

struct Sample {
  Image image{};
  std::size_t label = 0;
};

struct Dataset {
  std::vector<Sample> training;
  std::vector<Sample> held_out;
};

// digits.csv: 64 pixels and the label in each row; heldout.txt: the rows that are not for training.
Dataset read_dataset(const std::string& folder) {
  std::set<std::size_t> rows;
  std::ifstream numbers(folder + "/heldout.txt");
  for (std::size_t row = 0; numbers >> row;) rows.insert(row);
  std::ifstream csv(folder + "/digits.csv");
  Dataset out;
  std::string line;
  for (std::size_t row = 0; std::getline(csv, line); ++row) {
    std::istringstream values(line);
    Sample sample;
    char comma = 0;
    for (double& pixel : sample.image) values >> pixel >> comma;
    values >> sample.label;
    (rows.count(row) != 0 ? out.held_out : out.training).push_back(sample);
  }
  return out;
}

class Classifier {
 public:
  Classifier(const std::vector<Sample>& training, bool squares) : squares_(squares) {
    std::array<double, 10> counts{};
    for (const Sample& sample : training) {
      counts[sample.label] += 1;
      for (std::size_t i = 0; i < kPixels; ++i) means_[sample.label][i] += sample.image[i];
    }
    for (std::size_t digit = 0; digit < 10; ++digit)
      for (double& pixel : means_[digit]) pixel /= counts[digit];
  }

  std::size_t classify(const Image& image) const {
    std::size_t nearest = 0;
    double least = std::numeric_limits<double>::max();
    for (std::size_t digit = 0; digit < 10; ++digit) {
      const double distance = this->distance(image, means_[digit]);
      if (distance >= least) continue;
      least = distance;
      nearest = digit;
    }
    return nearest;
  }

 private:
  double distance(const Image& a, const Image& b) const {
    double sum = 0;
    for (std::size_t i = 0; i < kPixels; ++i) {
      const double difference = a[i] - b[i];
      sum += squares_ ? difference * difference : std::abs(difference);
    }
    return sum;
  }

  bool squares_;
  std::array<Image, 10> means_{};
};

double accuracy(const Classifier& classifier, const std::vector<Sample>& samples) {
  std::size_t right = 0;
  for (const Sample& sample : samples) right += classifier.classify(sample.image) == sample.label ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(samples.size());
}

// Answers queries: `q ID SAMPLE...` with `a ID DIGIT...`, until `end`.
void serve(const Classifier& classifier, const std::vector<Sample>& samples) {
  std::cout << "reef-protocol 1 " << samples.size() << std::endl;
  for (std::string line; std::getline(std::cin, line) && line != "end";) {
    std::istringstream words(line);
    std::string verb, id;
    words >> verb >> id;
    std::cout << "a " << id;
    for (std::size_t sample = 0; words >> sample;)
      std::cout << ' ' << classifier.classify(samples.at(sample).image);
    std::cout << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: classify test|serve DATASET DISTANCE\n";
    return 2;
  }
  const Dataset dataset = read_dataset(argv[2]);
  const Classifier classifier(dataset.training, std::string(argv[3]) == "euclidean");
  const std::string task = argv[1];
  if (task == "serve") serve(classifier, dataset.held_out);
  const double share = accuracy(classifier, dataset.held_out);
  if (const char* metrics = std::getenv("REEF_METRICS"))
    std::ofstream(metrics) << "{\"accuracy\": " << share << "}\n";
  if (task == "test")
    std::cout << "accuracy " << share << " of " << dataset.held_out.size() << " held-out digits\n";
  return share >= 0.85 ? 0 : 1;
}

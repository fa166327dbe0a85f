// Classifies numbers as even (0) or odd (1). With numbers as arguments it prints their classes; without, it
// speaks the line protocol (docs/line-protocol.md) over 1,000 samples.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

int classify(long number) { return static_cast<int>(number & 1); }

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    std::printf("%s: %s\n", argv[i], classify(std::atol(argv[i])) ? "odd" : "even");
  if (argc > 1) return 0;
  std::cout << "reef-protocol 1 1000" << std::endl;  // everything is loaded; samples 0 to 999
  std::set<long> right, seen;
  for (std::string line; std::getline(std::cin, line) && line != "end";) {
    std::istringstream words(line);
    std::string kind, query;
    words >> kind >> query;
    std::cout << "a " << query;
    for (long sample; words >> sample;) {
      const int answer = classify(sample);
      seen.insert(sample);
      if (answer == sample % 2) right.insert(sample);  // the truth would come from a data set
      std::cout << ' ' << answer;
    }
    std::cout << std::endl;  // a new line, and flush it
  }
  const char* metrics = std::getenv("REEF_METRICS");
  if (metrics == nullptr) return 0;
  const double accuracy =
      seen.empty() ? 0.0 : static_cast<double>(right.size()) / static_cast<double>(seen.size());
  std::ofstream(metrics) << "{\"accuracy\": " << accuracy << "}\n";
  return 0;
}

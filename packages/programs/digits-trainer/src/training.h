// The training loop.
#pragma once

#include <cstdint>

#include "dataset.h"
#include "network.h"

namespace digits {

struct Training {
  int epochs = 0;
  std::uint64_t seed = 1;
};

struct Outcome {
  double loss = 0.0;         // mean over the last epoch, in nats
  int train_correct = 0;     // of dataset.train, after training
  int held_out_correct = 0;  // of dataset.held_out, after training; nothing is chosen by it
};

// Trains `network` on dataset.train in shuffled batches of 16; the samples left over at the end of an epoch
// are other ones in each. One thread. The same arguments give the same weights, bit for bit. Prints the loss
// of each epoch to stderr.
Outcome train(Network& network, const Dataset& dataset, const Training& training, Random& random);

}  // namespace digits

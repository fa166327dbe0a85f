// `weights.bin`: a network as a readable head and raw numbers.
//
// The head is text, one line each, `\n` ended:
//
//   reef-weights 1            the format and its version
//   model cnn-m
//   input 1 8 8               channels, height, width
//   conv 16 1 3 3             outputs, inputs, height and width of the patch; stride 1, padding 1
//   relu
//   maxpool 2                 2x2, stride 2
//   dense 10 64               outputs, inputs, over the input flattened as channel, row, column
//   end
//
// After `end` and its line end follow, for each conv and dense line in turn, its weights
// ([outputs][inputs]..., the last index fastest) and its biases ([outputs]), as little-endian IEEE 754
// binary32, and nothing else.
#pragma once

#include <string>

#include "network.h"

namespace digits {

std::string weights_file(const Network& network);

// `values` as little-endian binary32, whatever this machine uses.
std::string little_endian(const std::vector<float>& values);

}  // namespace digits

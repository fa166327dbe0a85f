// A network as an ONNX model: IR version 6, operator set 11, which OpenCV 4.5 and ONNX Runtime 1.2 and newer
// read.
//
// Input `image`: float [batch, 1, 8, 8], ink divided by 16. Output `scores`: float [batch, 10], before
// softmax. Operators: Conv, Relu, MaxPool, Flatten, Gemm. Field numbers are those of onnx.proto.
#pragma once

#include <string>

#include "network.h"

namespace digits {

std::string onnx_model(const Network& network);

}  // namespace digits

// Engine `opencv`: OpenCV's dnn module on model.onnx.

#include <opencv2/core/utility.hpp>
#include <opencv2/dnn.hpp>

#include "classifier.h"
#include "files.h"

namespace digits {
namespace {

class OpenCv : public Classifier {
 public:
  explicit OpenCv(const std::string& path) : net_(cv::dnn::readNetFromONNX(path)) {
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    output_name_ = net_.getUnconnectedOutLayersNames().at(0);
  }

  void classify(std::span<const Image* const> images, std::span<int> digits) override {
    const int shape[] = {static_cast<int>(images.size()), 1, 8, 8};
    input_.create(4, shape, CV_32F);  // keeps its memory while the shape stays
    for (std::size_t i = 0; i < images.size(); ++i) {
      std::copy(images[i]->begin(), images[i]->end(), input_.ptr<float>(static_cast<int>(i)));
    }
    net_.setInput(input_);
    net_.forward(scores_, output_name_);
    for (std::size_t i = 0; i < images.size(); ++i)
      digits[i] = best_of(scores_.ptr<float>(static_cast<int>(i)));
  }

 private:
  cv::dnn::Net net_;
  cv::String output_name_;
  cv::Mat input_;   // [images, 1, 8, 8]
  cv::Mat scores_;  // [images, 10]
};

}  // namespace

std::unique_ptr<Classifier> load_classifier(const std::string& weights_folder, int threads) {
  cv::setNumThreads(threads);
  try {
    return std::make_unique<OpenCv>(model_file(weights_folder));
  } catch (const std::exception& error) {
    fail(std::string("OpenCV cannot load the model: ") + error.what());
  }
}

std::string model_file(const std::string& weights_folder) { return weights_folder + "/model.onnx"; }

}  // namespace digits

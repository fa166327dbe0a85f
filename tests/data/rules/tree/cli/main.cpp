#include "core/ops/run.h"
#include "core/os/environment.h"
int main() {
  std::cout << "may print";
  getenv("HOME");
}

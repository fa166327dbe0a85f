#include "core/model/name.h"
#include "core/resolve/solver.h"
#include "cli/main.h"

void touch() {
  getenv("HOME");
  std::ifstream file("x");
  std::filesystem::exists("x");
  const std::filesystem::path fine;
  if (fork() == 0) system("true");
  std::chrono::steady_clock::now();
  std::time(nullptr);
  std::cout << "x";
  printf("x");
  exit(1);
}

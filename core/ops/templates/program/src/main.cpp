#include <iostream>
#include <string>

std::string greeting(const std::string& who) { return "Hello, " + who + "!"; }

int main(int argc, char** argv) {
  const std::string who = argc > 1 ? argv[1] : "world";
  if (who == "--self-test") {
    const bool good = greeting("reef") == "Hello, reef!";
    std::cout << (good ? "the greeting is right\n" : "the greeting is wrong\n");
    return good ? 0 : 1;
  }
  std::cout << greeting(who) << '\n';
}

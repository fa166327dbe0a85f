// store_builder HOME FILES: asks the store at HOME for one prefix of that many files; builds it when nobody
// else did, and notes in HOME/builds that it began to.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "core/store/store.h"

namespace {

using namespace reef;  // NOLINT(google-build-using-namespace): a program of one page

Status build(Filesystem& fs, const Path& home, int files) {
  TRY(const store::Store store, store::Store::open(fs, home));
  const store::PrefixId id{store::build_key({}), "example", "1.0.0"};
  TRY(store::Store::Begun begun, store.begin(id));
  auto* slot = std::get_if<store::BuildSlot>(&begun);
  if (slot == nullptr) return {};
  TRY_STATUS(fs.append_file(home / "builds", "x"));
  const std::string embedded = slot->prefix().string();
  for (int i = 0; i < files; ++i) {
    TRY_STATUS(
        fs.write_file(slot->prefix() / fmt::format("file-{}", i), fmt::format("{} {}", i, embedded), false));
    usleep(1000);
  }
  return store.publish(std::move(*slot), {}).map([](const auto&) {});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto disk = make_disk();
  const Status status = build(*disk, argv[1], std::atoi(argv[2]));
  if (status) return 0;
  std::fputs(render(status.error()).c_str(), stderr);
  return 1;
}
